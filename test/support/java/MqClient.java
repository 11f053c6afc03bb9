import com.ibm.mq.MQException;
import com.ibm.mq.MQQueueManager;
import java.util.Hashtable;

/**
 * One connection attempt of the IBM MQ client for Java, over TLS, to localhost.
 *
 * <pre>MqClient PORT CIPHER</pre>
 *
 * Its stores come from javax.net.ssl.* system properties. Prints "CC=2 RC=2397" and the causes below it,
 * one a line.
 */
public final class MqClient {
  public static void main(String[] args) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("hostname", "localhost");
    properties.put("port", Integer.valueOf(args[0]));
    properties.put("channel", "PKI.SVRCONN");
    properties.put("SSL Cipher Suite", args[1]);
    try {
      new MQQueueManager("QM1", properties).disconnect();
      System.out.println("CC=0 RC=0");
    } catch (MQException failure) {
      System.out.println("CC=" + failure.completionCode + " RC=" + failure.reasonCode);
      for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
        System.out.println(String.valueOf(cause.getMessage()).replace('\n', ' '));
      }
    }
  }
}
