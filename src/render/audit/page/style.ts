/** The style of the report: no file beside it, light, dark and on paper. Contrasts meet WCAG AA. */
export const style = `
:root{color-scheme:light dark;--back:#fff;--text:#1c2430;--soft:#55606f;--line:#d5dae1;--panel:#f5f7f9;--error:#b3161f;--error-back:#fdecec;--warning:#8a5200;--warning-back:#fff3dc;--notice:#1f5fa8;--notice-back:#e8f1fc;--good:#1d6b3a;--bar:#5b7fa8;--focus:#0b57d0;--edge:#8b97a6}
@media (prefers-color-scheme:dark){:root{--back:#12161c;--text:#e6eaf0;--soft:#a3aebd;--line:#333c48;--panel:#1b212a;--error:#ff9a9a;--error-back:#3a1a1d;--warning:#f5c26b;--warning-back:#352812;--notice:#93c1fa;--notice-back:#172a42;--good:#86d3a2;--bar:#6f97c6;--focus:#8ab4f8;--edge:#6b7787}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header,footer{max-width:1200px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:19px;margin:36px 0 10px}
h3{font-size:16px;margin:22px 0 6px}
p{margin:6px 0 10px}
.soft{color:var(--soft)}
.skip{position:absolute;left:-999px;top:0;background:var(--back);color:var(--text);padding:8px 14px;z-index:2}
.skip:focus{left:8px;top:8px}
a{color:var(--focus)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:10px 0 0;padding:0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:10px;list-style:none;margin:18px 0 0;padding:0}
.cards li{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:10px 14px}
.cards b{display:block;font-size:26px;line-height:1.2;font-variant-numeric:tabular-nums}
.cards .error{background:var(--error-back);color:var(--error);border-color:var(--error)}
.cards .warning{background:var(--warning-back);color:var(--warning);border-color:var(--warning)}
.cards .notice{background:var(--notice-back);color:var(--notice);border-color:var(--notice)}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px}
svg{display:block;max-width:none}
svg text{fill:var(--text);font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
svg .small{font-size:11px;fill:var(--soft)}
svg .head{font-size:12px;font-weight:600;fill:var(--soft)}
.bar{fill:var(--bar)}.bar.past{fill:var(--error)}.bar.near{fill:var(--warning)}
.axis{stroke:var(--line)}
.node rect{fill:var(--panel);stroke:var(--edge);rx:6px}
.node.problem rect{fill:var(--error-back);stroke:var(--error);stroke-width:2}
.node.missing rect{fill:var(--error-back);stroke:var(--error);stroke-width:2;stroke-dasharray:5 4}
.node.lonely rect{fill:var(--warning-back);stroke:var(--warning);stroke-width:2}
.node .why{fill:var(--error);font-size:11px;font-weight:600}
.node.lonely .why{fill:var(--warning)}
.edge{fill:none;stroke:var(--edge);stroke-width:1.5}
.edge.trusts{stroke:var(--good)}
.edge.one-way{stroke:var(--warning);stroke-width:2.5;stroke-dasharray:7 4}
.edge.broken{stroke:var(--error);stroke-width:2.5;stroke-dasharray:3 4}
.key{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;margin:8px 0;padding:0;font-size:13px}
.key svg{display:inline-block;vertical-align:middle;margin-right:6px}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;color:var(--soft);padding:8px 10px}
th,td{text-align:left;vertical-align:top;padding:8px 10px;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{background:var(--panel);white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}
th button{all:unset;cursor:pointer;font-weight:600}
th button:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
th button::after{content:" \\2195";color:var(--soft)}
th[aria-sort=ascending] button::after{content:" \\2191"}
th[aria-sort=descending] button::after{content:" \\2193"}
.number{text-align:right;font-variant-numeric:tabular-nums}
.day{white-space:nowrap}
.where{min-width:210px;max-width:320px}
.findings td:last-child{min-width:300px}
.findings td:nth-child(2){overflow-wrap:normal}
.scroll table{min-width:620px}.findings table{min-width:0}
.findings tr:last-child td{border-bottom:0}
.severity{display:inline-block;white-space:nowrap;border-radius:4px;padding:0 8px;font-weight:600;font-size:13px}
.severity.error{background:var(--error-back);color:var(--error)}
.severity.warning{background:var(--warning-back);color:var(--warning)}
.severity.notice{background:var(--notice-back);color:var(--notice)}
.fix{margin:4px 0 0}
details{font-size:13px;color:var(--soft);margin-top:4px}
summary{cursor:pointer}
details ul{margin:4px 0;padding-left:20px}
.filter{display:flex;flex-wrap:wrap;gap:10px 20px;align-items:center;margin:0 0 10px}
.filter[hidden]{display:none}
.filter fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:4px 14px}
.filter legend{float:left;margin-right:10px;padding:0}
input[type=search]{font:inherit;color:inherit;background:var(--back);border:1px solid var(--edge);border-radius:6px;padding:5px 9px;width:260px;max-width:100%}
input::placeholder{color:var(--soft);opacity:1}
input[type=checkbox]{accent-color:var(--focus)}
footer{padding:30px 20px;color:var(--soft);font-size:13px}
@media (max-width:700px){main,header,footer{padding-left:12px;padding-right:12px}h1{font-size:22px}
.findings table,.findings tbody,.findings tr,.findings td{display:block;width:auto;min-width:0;max-width:none}.findings thead{display:none}
.findings td{border-bottom:0;padding:3px 10px}.findings tr{border-bottom:1px solid var(--line);padding:8px 0}.findings tr[hidden]{display:none}.findings td:last-child{min-width:0}}
@media print{:root{color-scheme:light;--back:#fff;--text:#000;--soft:#444;--line:#bbb;--panel:#f4f4f4;--error:#a00f18;--error-back:#fff;--warning:#7a4800;--warning-back:#fff;--notice:#174d8a;--notice-back:#fff;--good:#1d6b3a;--bar:#5b7fa8;--edge:#777}
body{font-size:10.5pt}.skip,nav,.filter{display:none}main,header,footer{max-width:none;padding:0}.scroll{overflow:visible;border:0}
svg{max-width:100%;max-height:240mm;width:auto;height:auto}tr,svg,.cards li{break-inside:avoid}.key{break-after:avoid}thead{display:table-header-group}h2,h3{break-after:avoid}th button::after{content:""}.scroll table{min-width:0}.where{max-width:none;min-width:120px}td:first-child,.findings td:first-child{overflow-wrap:break-word}.findings td:last-child{min-width:0}}
`;
