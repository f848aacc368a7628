package lab.probe;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Makes the socket factory that the settings ask for: of JSSE, or of OpenSSL through netty-tcnative. */
final class TlsFactories {
    private TlsFactories() {}

    /** Null when the JVM's default factory (and its trust store) is to be used. */
    static SSLSocketFactory configured(Properties settings) throws Exception {
        switch (settings.getProperty("lab.factory", "default")) {
            case "jsse":
                return jsse(settings);
            case "openssl":
                return openssl(settings);
            default:
                return null;
        }
    }

    private static TrustManagerFactory trust(Properties settings) throws Exception {
        KeyStore store = KeyStore.getInstance(settings.getProperty("lab.trust.type", "PKCS12"));
        try (InputStream in = new FileInputStream(settings.getProperty("lab.trust.store"))) {
            store.load(in, settings.getProperty("lab.trust.password").toCharArray());
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory;
    }

    private static SSLSocketFactory jsse(Properties settings) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust(settings).getTrustManagers(), null);
        boolean checkName = Boolean.parseBoolean(settings.getProperty("lab.endpoint.check", "false"));
        return checkName ? new NameCheckingFactory(context.getSocketFactory()) : context.getSocketFactory();
    }

    private static SSLSocketFactory openssl(Properties settings) throws Exception {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(trust(settings))
                .protocols(settings.getProperty("lab.tls.protocols", "TLSv1.2").split(" "));
        String ciphers = settings.getProperty("lab.tls.ciphers", "");
        if (!ciphers.isEmpty()) {
            builder.ciphers(Arrays.asList(ciphers.split(":")));
        }
        SslContext context = builder.build();
        return new EngineSocketFactory((host, port) -> context.newEngine(ByteBufAllocator.DEFAULT, host, port));
    }
}
