import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Asks the JDK's own trust manager. Input: one case a line, tab-separated: name, epoch milliseconds, served
 * certificates, trusted certificates (base64 DER, joined with commas). A line of three fields asks the host name
 * checker instead: name, certificate, host (needs --add-exports java.base/sun.security.util=ALL-UNNAMED). Output: name,
 * tab, OK or the exception's message.
 */
public final class TrustProbe {
    private static CertificateFactory factory;

    private TrustProbe() {}

    public static void main(String[] args) throws Exception {
        factory = CertificateFactory.getInstance("X.509");
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        try (BufferedReader lines = Files.newBufferedReader(Path.of(args[0]), StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split("\t", -1);
                out.println(fields[0] + "\t" + answer(fields).replace("\n", "\\n"));
            }
        }
    }

    private static String answer(String[] fields) {
        try {
            if (fields.length == 3) {
                return host(certificates(fields[1]).get(0), fields[2]);
            }
            List<X509Certificate> served = certificates(fields[2]);
            Set<TrustAnchor> anchors = new HashSet<>();
            for (X509Certificate certificate : certificates(fields[3])) {
                anchors.add(new TrustAnchor(certificate, null));
            }
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setDate(new Date(Long.parseLong(fields[1])));
            parameters.setRevocationEnabled(false);
            TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(new CertPathTrustManagerParameters(parameters));
            X509TrustManager manager = (X509TrustManager) managers.getTrustManagers()[0];
            manager.checkServerTrusted(served.toArray(new X509Certificate[0]), "ECDHE_RSA");
            return "OK";
        } catch (Exception e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String host(X509Certificate certificate, String host) throws Exception {
        Class<?> checker = Class.forName("sun.security.util.HostnameChecker");
        Object instance = checker.getMethod("getInstance", byte.class).invoke(null, (byte) 1);
        try {
            checker.getMethod("match", String.class, X509Certificate.class).invoke(instance, host, certificate);
            return "OK";
        } catch (InvocationTargetException e) {
            return String.valueOf(e.getCause().getMessage());
        }
    }

    private static List<X509Certificate> certificates(String field) throws Exception {
        List<X509Certificate> found = new ArrayList<>();
        for (String one : field.split(",")) {
            if (!one.isEmpty()) {
                byte[] der = Base64.getDecoder().decode(one);
                found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
            }
        }
        return found;
    }
}
