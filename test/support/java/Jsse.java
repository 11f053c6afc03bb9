import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A TLS client or server with nothing but the JDK, whose key and trust come from one key store file.
 *
 * <pre>
 * Jsse client PORT TYPE PASSWORD STORE...   for each store: handshakes with localhost:PORT, sends "hello"
 * Jsse server TYPE PASSWORD STORE COUNT     prints "port N", takes COUNT clients one after another
 * </pre>
 *
 * Each handshake prints one line: "ok PROTOCOL peer=SUBJECT" or "failed MESSAGE". The client checks the
 * host name; the server demands a client certificate.
 */
public final class Jsse {
  public static void main(String[] args) throws Exception {
    if (args[0].equals("client")) {
      for (int i = 4; i < args.length; i++) {
        client(Integer.parseInt(args[1]), context(args[2], args[3], args[i]));
      }
    } else {
      server(context(args[1], args[2], args[3]), Integer.parseInt(args[4]));
    }
  }

  private static SSLContext context(String type, String password, String file) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      store.load(in, password.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password.toCharArray());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static void client(int port, SSLContext context) throws Exception {
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      socket.getOutputStream().write("hello".getBytes());
      socket.getOutputStream().flush();
      // With TLS 1.3 a server that refuses our certificate says so only now.
      socket.getInputStream().read();
      report(socket);
    } catch (SSLException refused) {
      System.out.println("failed " + refused.getMessage());
    }
  }

  private static void server(SSLContext context, int count) throws Exception {
    try (SSLServerSocket server =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0)) {
      server.setNeedClientAuth(true);
      server.setSoTimeout(50_000);
      System.out.println("port " + server.getLocalPort());
      for (int i = 0; i < count; i++) {
        try (SSLSocket socket = (SSLSocket) server.accept()) {
          socket.startHandshake();
          report(socket);
        } catch (SSLException refused) {
          System.out.println("failed " + refused.getMessage());
        }
      }
    }
  }

  private static void report(SSLSocket socket) throws Exception {
    X509Certificate peer = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    System.out.println(
        "ok " + socket.getSession().getProtocol() + " peer=" + peer.getSubjectX500Principal().getName());
  }
}
