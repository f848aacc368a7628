package lab.probe;

import java.io.IOException;
import java.net.URL;
import javax.net.ssl.HttpsURLConnection;

/** An HTTPS request of a service that has nothing to do with mail. */
final class WebFetch {
    private WebFetch() {}

    static void fetch(String url) throws IOException {
        HttpsURLConnection connection = (HttpsURLConnection) new URL(url).openConnection();
        connection.setConnectTimeout(5000);
        connection.setReadTimeout(5000);
        connection.getInputStream().close();
    }
}
