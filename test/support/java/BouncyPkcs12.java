import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Security;
import java.security.cert.Certificate;
import java.util.Enumeration;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Bouncy Castle's own PKCS#12 key store.
 *
 * <pre>
 * BouncyPkcs12 dump FILE PASSWORD                        one line an entry, as below
 * BouncyPkcs12 rewrite SERVICE IN PASSWORD OUT           reads IN with Bouncy Castle, writes its entries as SERVICE
 * </pre>
 *
 * A line is "key LABEL KEYDIGEST CERTDIGEST,CERTDIGEST" or "trusted LABEL CERTDIGEST": SHA-256 of the PKCS#8
 * and of each certificate, leaf first.
 */
public final class BouncyPkcs12 {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    if (args[0].equals("dump")) {
      dump(load(args[1], args[2].toCharArray()), args[2].toCharArray());
    } else {
      char[] password = args[3].toCharArray();
      KeyStore from = load(args[2], password);
      KeyStore to = KeyStore.getInstance(args[1], "BC");
      to.load(null, null);
      for (String label : java.util.Collections.list(from.aliases())) {
        if (from.isKeyEntry(label)) {
          to.setKeyEntry(label, from.getKey(label, password), password, from.getCertificateChain(label));
        } else {
          to.setCertificateEntry(label, from.getCertificate(label));
        }
      }
      try (OutputStream out = Files.newOutputStream(Path.of(args[4]))) {
        to.store(out, password);
      }
    }
  }

  private static KeyStore load(String file, char[] password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12", "BC");
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      store.load(in, password);
    }
    return store;
  }

  private static void dump(KeyStore store, char[] password) throws Exception {
    Enumeration<String> labels = store.aliases();
    while (labels.hasMoreElements()) {
      String label = labels.nextElement();
      if (store.isKeyEntry(label)) {
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : store.getCertificateChain(label)) {
          chain.append(chain.length() == 0 ? "" : ",").append(digest(certificate.getEncoded()));
        }
        byte[] key = store.getKey(label, password).getEncoded();
        System.out.println("key " + label + " " + digest(key) + " " + chain);
      } else {
        System.out.println("trusted " + label + " " + digest(store.getCertificate(label).getEncoded()));
      }
    }
  }

  private static String digest(byte[] bytes) throws Exception {
    StringBuilder text = new StringBuilder();
    for (byte b : MessageDigest.getInstance("SHA-256").digest(bytes)) {
      text.append(String.format("%02x", b));
    }
    return text.toString();
  }
}
