package lab.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;

/** A socket factory over any SSLEngine; JavaMail needs one of its methods only, that of STARTTLS. */
final class EngineSocketFactory extends SSLSocketFactory {
    /** Makes an engine for one connection; host goes into SNI. */
    interface EngineMaker {
        SSLEngine make(String host, int port);
    }

    private final EngineMaker maker;

    EngineSocketFactory(EngineMaker maker) {
        this.maker = maker;
    }

    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
        SSLEngine engine = maker.make(host, port);
        engine.setUseClientMode(true);
        return new EngineSocket(plain, engine);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket(new Socket(host, port), host, port, true);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket(new Socket(host, port, local, localPort), host, port, true);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(new Socket(host, port), host.getHostName(), port, true);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket(new Socket(host, port, local, localPort), host.getHostName(), port, true);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return maker.make(null, -1).getEnabledCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return maker.make(null, -1).getSupportedCipherSuites();
    }
}
