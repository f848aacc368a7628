package lab.probe;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A blocking TLS client socket that drives an SSLEngine over an open plain socket. */
final class EngineSocket extends SSLSocket {
    private final Socket plain;
    private final SSLEngine engine;
    private final InputStream netIn;
    private final OutputStream netOut;
    private final ByteBuffer inbound;
    private final ByteBuffer decrypted;
    private boolean handshaken;

    EngineSocket(Socket plain, SSLEngine engine) throws IOException {
        this.plain = plain;
        this.engine = engine;
        this.netIn = plain.getInputStream();
        this.netOut = plain.getOutputStream();
        this.inbound = ByteBuffer.allocate(64 * 1024);
        this.decrypted = ByteBuffer.allocate(64 * 1024);
        this.inbound.flip();
        this.decrypted.flip();
    }

    @Override
    public synchronized void startHandshake() throws IOException {
        if (handshaken) {
            return;
        }
        engine.beginHandshake();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP:
                    wrapOnce(ByteBuffer.allocate(0));
                    break;
                case NEED_UNWRAP:
                    unwrapOnce();
                    break;
                case NEED_TASK:
                    engine.getDelegatedTask().run();
                    break;
                default:
                    handshaken = true;
                    return;
            }
        }
    }

    private void wrapOnce(ByteBuffer source) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(engine.getSession().getPacketBufferSize() + 2048);
        try {
            SSLEngineResult result = engine.wrap(source, target);
            flush(target);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED && !handshaken) {
                throw new SSLException("engine closed during the handshake");
            }
        } catch (SSLException failure) {
            flush(target);
            throw failure;
        }
    }

    private void flush(ByteBuffer target) throws IOException {
        target.flip();
        if (target.hasRemaining()) {
            netOut.write(target.array(), target.position(), target.remaining());
            netOut.flush();
        }
    }

    /** Feeds the engine once, reading from the network when it lacks bytes; false at the end of the stream. */
    private boolean unwrapOnce() throws IOException {
        decrypted.compact();
        try {
            SSLEngineResult result = engine.unwrap(inbound, decrypted);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                return false;
            }
            if (result.getStatus() != SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                return true;
            }
            // OpenSSL's engine says only on the call after the last record that the handshake is over: no more is due
            if (!handshaken && result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.FINISHED) {
                return true;
            }
        } finally {
            decrypted.flip();
        }
        inbound.compact();
        int count = netIn.read(inbound.array(), inbound.position(), inbound.remaining());
        if (count > 0) {
            inbound.position(inbound.position() + count);
        }
        inbound.flip();
        if (count < 0 && !handshaken) {
            throw new EOFException("SSL peer shut down incorrectly");
        }
        return count >= 0;
    }

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                startHandshake();
                while (!decrypted.hasRemaining()) {
                    if (!unwrapOnce()) {
                        return -1;
                    }
                }
                int count = Math.min(length, decrypted.remaining());
                decrypted.get(target, offset, count);
                return count;
            }
        };
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                startHandshake();
                ByteBuffer bytes = ByteBuffer.wrap(source, offset, length);
                while (bytes.hasRemaining()) {
                    wrapOnce(bytes);
                }
            }
        };
    }

    @Override
    public void close() throws IOException {
        if (handshaken && !plain.isClosed()) {
            engine.closeOutbound();
            wrapOnce(ByteBuffer.allocate(0));
        }
        plain.close();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return engine.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return engine.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        engine.setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return engine.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return engine.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        // The engine was made with the protocols of the settings; JavaMail would only reset them to its own default.
    }

    @Override
    public SSLSession getSession() {
        return engine.getSession();
    }

    @Override
    public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {}

    @Override
    public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {}

    @Override
    public void setUseClientMode(boolean mode) {
        engine.setUseClientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
        return engine.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {}

    @Override
    public boolean getNeedClientAuth() {
        return false;
    }

    @Override
    public void setWantClientAuth(boolean want) {}

    @Override
    public boolean getWantClientAuth() {
        return false;
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {}

    @Override
    public boolean getEnableSessionCreation() {
        return true;
    }

    @Override
    public InetAddress getInetAddress() {
        return plain.getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return plain.getLocalAddress();
    }

    @Override
    public int getPort() {
        return plain.getPort();
    }

    @Override
    public int getLocalPort() {
        return plain.getLocalPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return plain.getRemoteSocketAddress();
    }

    @Override
    public boolean isConnected() {
        return plain.isConnected();
    }

    @Override
    public boolean isClosed() {
        return plain.isClosed();
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        plain.setSoTimeout(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return plain.getSoTimeout();
    }
}
