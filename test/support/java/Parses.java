import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.util.Base64;

/**
 * Which certificates the JDK reads.
 *
 * <pre>Parses FILE    a line for each line of base64 in FILE: "yes" or "no"</pre>
 */
public final class Parses {
  public static void main(String[] args) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    StringBuilder out = new StringBuilder();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      out.append(reads(factory, Base64.getDecoder().decode(line)) ? "yes\n" : "no\n");
    }
    System.out.print(out);
  }

  private static boolean reads(CertificateFactory factory, byte[] der) {
    try {
      factory.generateCertificate(new ByteArrayInputStream(der)).getPublicKey().getAlgorithm();
      return true;
    } catch (Exception refused) {
      return false;
    }
  }
}
