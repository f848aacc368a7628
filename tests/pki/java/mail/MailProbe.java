import com.sun.mail.util.SocketFetcher;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * Asks JavaMail's own server identity check. Input: one case a line, base64 DER, tab, host. Output: true or false.
 */
public final class MailProbe {
    private MailProbe() {}

    public static void main(String[] args) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Method check = SocketFetcher.class.getDeclaredMethod("matchCert", String.class, X509Certificate.class);
        check.setAccessible(true);
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        for (String line : Files.readAllLines(Path.of(args[0]), StandardCharsets.US_ASCII)) {
            String[] fields = line.split("\t", -1);
            byte[] der = Base64.getDecoder().decode(fields[0]);
            out.println(check.invoke(null, fields[1], factory.generateCertificate(new ByteArrayInputStream(der))));
        }
    }
}
