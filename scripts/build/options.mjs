import packageJson from "../../package.json" with { type: "json" };

/** commander asks for child_process to run other programs as subcommands, which pki has not; it costs 5 ms. */
export const noSubprograms = {
  name: "no-subprograms",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: "none", namespace: "none" } : undefined,
    );
    onLoad({ filter: /./, namespace: "none" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** What every build of the program has in common. */
export const common = {
  bundle: true,
  write: false,
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "none",
  plugins: [noSubprograms],
  define: { PKI_VERSION: JSON.stringify(packageJson.version) },
  logLevel: "warning",
};

/** Libraries that stay outside and are loaded by the few commands that build certificates or read YAML. */
export const external = Object.keys(packageJson.dependencies).filter((name) => name !== "commander");
