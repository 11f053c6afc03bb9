import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/**
 * What the JDK makes of a key store, and a writer of stores with nothing but the JDK.
 *
 * <pre>
 * KeyStores dump TYPE FILE STOREPASSWORD KEYPASSWORD[,KEYPASSWORD...]    JSON, one entry a line, see below
 * KeyStores write TYPE FILE STOREPASSWORD SPEC
 * </pre>
 *
 * Texts in arguments and in SPEC are hex of UTF-16BE, so that no locale touches them; the password "-" is
 * none (null). SPEC is a file of lines with tabs between: "key", label, key password, key algorithm, PKCS#8
 * in base64, chain in base64 with commas; or "trusted", label, certificate; or "bare", label, an
 * EncryptedPrivateKeyInfo in base64, for a key entry without certificates.
 */
public final class KeyStores {
  public static void main(String[] args) throws Exception {
    KeyStore store = KeyStore.getInstance(args[1]);
    Path file = Path.of(args[2]);
    char[] password = text(args[3]);
    if (args[0].equals("dump")) {
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, password);
      }
      List<char[]> keyPasswords = new ArrayList<>();
      for (String hex : args[4].split(",")) {
        keyPasswords.add(text(hex));
      }
      dump(store, keyPasswords);
    } else {
      store.load(null, null);
      for (String line : Files.readAllLines(Path.of(args[4]))) {
        add(store, line.split("\t"));
      }
      try (OutputStream out = Files.newOutputStream(file)) {
        store.store(out, password);
      }
    }
  }

  private static void add(KeyStore store, String[] field) throws Exception {
    String label = new String(text(field[1]));
    switch (field[0]) {
      case "key" -> {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(field[4]));
        PrivateKey key = KeyFactory.getInstance(field[3]).generatePrivate(spec);
        store.setKeyEntry(label, key, text(field[2]), chain(field[5]));
      }
      case "trusted" -> store.setCertificateEntry(label, chain(field[2])[0]);
      case "bare" -> store.setKeyEntry(label, Base64.getDecoder().decode(field[2]), null);
      default -> throw new IllegalArgumentException(field[0]);
    }
  }

  private static Certificate[] chain(String base64) throws Exception {
    List<Certificate> chain = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (String one : base64.split(",")) {
      byte[] der = Base64.getDecoder().decode(one);
      chain.add(factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    return chain.toArray(new Certificate[0]);
  }

  /** {"label":…,"kind":"key"|"trusted"|"secret","created":ms,"chain":[sha256…],"key":sha256|null,"algorithm":…} */
  private static void dump(KeyStore store, List<char[]> keyPasswords) throws Exception {
    List<String> lines = new ArrayList<>();
    for (String label : Collections.list(store.aliases())) {
      boolean isKey = store.isKeyEntry(label);
      Certificate[] chain = store.getCertificateChain(label);
      if (!isKey && store.getCertificate(label) != null) {
        chain = new Certificate[] {store.getCertificate(label)};
      }
      StringBuilder digests = new StringBuilder();
      for (Certificate one : chain == null ? new Certificate[0] : chain) {
        digests.append(digests.length() == 0 ? "" : ",").append('"').append(digest(one.getEncoded())).append('"');
      }
      Key key = isKey ? open(store, label, keyPasswords) : null;
      lines.add(
          "{\"label\":" + quote(label)
              + ",\"kind\":\"" + (!isKey ? "trusted" : key == null || key instanceof PrivateKey ? "key" : "secret")
              + "\",\"created\":" + (store.getCreationDate(label) == null ? "null" : "" + store.getCreationDate(label).getTime())
              + ",\"chain\":[" + digests + "]"
              + ",\"key\":" + (key == null ? "null" : '"' + digest(key.getEncoded()) + '"')
              + ",\"algorithm\":" + (key == null ? "null" : quote(key.getAlgorithm())) + "}");
    }
    System.out.println("[" + String.join(",\n", lines) + "]");
  }

  private static Key open(KeyStore store, String label, List<char[]> passwords) throws Exception {
    for (char[] password : passwords) {
      try {
        return store.getKey(label, password);
      } catch (UnrecoverableKeyException wrong) {
        // the next one
      }
    }
    return null;
  }

  private static char[] text(String hex) {
    if (hex.equals("-")) {
      return null;
    }
    char[] text = new char[hex.length() / 4];
    for (int i = 0; i < text.length; i++) {
      text[i] = (char) Integer.parseInt(hex.substring(4 * i, 4 * i + 4), 16);
    }
    return text;
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char unit : text.toCharArray()) {
      out.append(unit > 0x20 && unit < 0x7f && unit != '"' && unit != '\\' ? "" + unit : String.format("\\u%04x", (int) unit));
    }
    return out.append('"').toString();
  }

  private static String digest(byte[] bytes) throws Exception {
    StringBuilder text = new StringBuilder();
    for (byte b : MessageDigest.getInstance("SHA-256").digest(bytes)) {
      text.append(String.format("%02x", b));
    }
    return text.toString();
  }
}
