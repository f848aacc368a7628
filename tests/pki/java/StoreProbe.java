import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.TreeSet;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Tells which certificates of a key store Java's trust manager takes as anchors. Input: a file with one store a line,
 * path, tab, password. Output: per line the SHA-256 of each anchor, sorted, joined with commas, or the error.
 */
public final class StoreProbe {
    private StoreProbe() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        for (String line : Files.readAllLines(Path.of(args[0]), StandardCharsets.UTF_8)) {
            String[] fields = line.split("\t", -1);
            out.println(anchors(fields[0], fields[1]));
        }
    }

    private static String anchors(String path, String password) {
        try {
            KeyStore store = KeyStore.getInstance(new File(path), password.toCharArray());
            TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(store);
            TreeSet<String> digests = new TreeSet<>();
            for (X509Certificate each : ((X509TrustManager) managers.getTrustManagers()[0]).getAcceptedIssuers()) {
                StringBuilder hex = new StringBuilder();
                for (byte b : MessageDigest.getInstance("SHA-256").digest(each.getEncoded())) {
                    hex.append(String.format("%02x", b));
                }
                digests.add(hex.toString());
            }
            return String.join(",", digests);
        } catch (Exception e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
    }
}
