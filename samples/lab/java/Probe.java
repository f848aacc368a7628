package lab.probe;

import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Properties;
import javax.mail.Message;
import javax.mail.MessagingException;
import javax.mail.Session;
import javax.mail.Transport;
import javax.mail.internet.InternetAddress;
import javax.mail.internet.MimeMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one test mail per attempt and logs as it goes.
 *
 * <p>Package and class name of this file are replaced at build time, case by case, so that no sample depends on
 * them. Everything else comes from the properties file: {@code mail.*} goes to JavaMail untouched, {@code lab.*}
 * steers this program, {@code attempt.N.KEY} overrides KEY for attempt N (counted from 1).
 */
public final class Probe {
    private Probe() {}

    public static void main(String[] args) throws Exception {
        Properties all = new Properties();
        try (InputStream in = new FileInputStream(args[0])) {
            all.load(in);
        }
        Thread.currentThread().setName(all.getProperty("lab.thread", "main"));
        chatter(all, 0);
        int attempts = Integer.parseInt(all.getProperty("lab.attempts", "1"));
        for (int n = 1; n <= attempts; n++) {
            if (n > 1) {
                Thread.sleep(Long.parseLong(all.getProperty("lab.pause.ms", "1000")));
            }
            testAction(forAttempt(all, n));
            chatter(all, n);
        }
    }

    /** The settings with the overrides of attempt {@code n} applied. */
    private static Properties forAttempt(Properties all, int n) {
        Properties result = new Properties();
        String prefix = "attempt." + n + ".";
        for (String key : all.stringPropertyNames()) {
            if (!key.startsWith("attempt.")) {
                result.setProperty(key, all.getProperty(prefix + key, all.getProperty(key)));
            }
        }
        for (String key : all.stringPropertyNames()) {
            if (key.startsWith(prefix)) {
                result.setProperty(key.substring(prefix.length()), all.getProperty(key));
            }
        }
        return result;
    }

    private static void testAction(Properties settings) {
        Logger log = LoggerFactory.getLogger(settings.getProperty("lab.logger", "mail"));
        String start = settings.getProperty("lab.say.start", "");
        if (!start.isEmpty()) {
            log.info(start);
        }
        try {
            deliver(settings);
            log.info(settings.getProperty("lab.say.success", "sent"));
        } catch (Exception failure) {
            report(log, settings.getProperty("lab.say.failure", "failed"), settings, failure);
        }
    }

    /** The ways in which programs log a failure: trace, text and trace, text alone, or a trace printed past the log. */
    private static void report(Logger log, String words, Properties settings, Exception failure) {
        switch (settings.getProperty("lab.failure.style", "trace")) {
            case "text":
                log.error(words + ": " + failure);
                break;
            case "both":
                log.error(words + ": " + failure.getMessage(), failure);
                break;
            case "print":
                log.error(words);
                failure.printStackTrace(System.out);
                break;
            default:
                log.error(words, failure);
        }
    }

    private static void deliver(Properties settings) throws Exception {
        if ("https".equals(settings.getProperty("lab.sender"))) {
            WebFetch.fetch(settings.getProperty("lab.url"));
            return;
        }
        Session session = session(settings);
        MimeMessage message = compose(session, settings);
        if ("spring".equals(settings.getProperty("lab.sender"))) {
            SpringSender.send(session, message, settings);
        } else {
            sendPlain(session, message, settings);
        }
    }

    private static void sendPlain(Session session, Message message, Properties settings) throws MessagingException {
        Transport transport = session.getTransport(settings.getProperty("lab.protocol", "smtp"));
        try {
            transport.connect(settings.getProperty("lab.user"), settings.getProperty("lab.password"));
            transport.sendMessage(message, message.getAllRecipients());
        } finally {
            transport.close();
        }
    }

    private static Session session(Properties settings) throws Exception {
        Properties mail = new Properties();
        for (String key : settings.stringPropertyNames()) {
            if (key.startsWith("mail.")) {
                mail.setProperty(key, settings.getProperty(key));
            }
        }
        String protocol = settings.getProperty("lab.protocol", "smtp");
        Object factory = TlsFactories.configured(settings);
        if (factory != null) {
            mail.put("mail." + protocol + ".ssl.socketFactory", factory);
        }
        return Session.getInstance(mail);
    }

    private static MimeMessage compose(Session session, Properties settings) throws MessagingException {
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress(settings.getProperty("lab.from")));
        message.setRecipients(Message.RecipientType.TO, InternetAddress.parse(settings.getProperty("lab.to")));
        message.setSubject(settings.getProperty("lab.subject", "Test mail"));
        message.setText("This is a test of the mail settings.\n");
        message.saveChanges();
        return message;
    }

    /**
     * Logs the lines {@code lab.chat.N.1}, {@code lab.chat.N.2}, ...: LEVEL, logger and text with '|' between. They
     * come from another thread, unless the level ends in '!'.
     */
    private static void chatter(Properties all, int n) throws InterruptedException {
        for (int i = 1; all.containsKey("lab.chat." + n + "." + i); i++) {
            String[] parts = all.getProperty("lab.chat." + n + "." + i).split("\\|", 3);
            if (parts[0].endsWith("!")) {
                say(parts[0].substring(0, parts[0].length() - 1), parts[1], parts[2]);
            } else {
                Thread other = new Thread(
                        () -> say(parts[0], parts[1], parts[2]), all.getProperty("lab.chat.thread", "scheduler-1"));
                other.start();
                other.join();
            }
        }
    }

    private static void say(String level, String logger, String text) {
        Logger log = LoggerFactory.getLogger(logger);
        if ("WARN".equals(level)) {
            log.warn(text);
        } else {
            log.info(text);
        }
    }
}
