package lab.probe;

import java.util.Properties;
import javax.mail.Session;
import javax.mail.internet.MimeMessage;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** Sends through Spring's JavaMailSenderImpl, which wraps every JavaMail exception in one of its own. */
final class SpringSender {
    private SpringSender() {}

    static void send(Session session, MimeMessage message, Properties settings) {
        String protocol = settings.getProperty("lab.protocol", "smtp");
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setSession(session);
        sender.setProtocol(protocol);
        sender.setHost(settings.getProperty("mail." + protocol + ".host"));
        sender.setPort(Integer.parseInt(settings.getProperty("mail." + protocol + ".port")));
        sender.setUsername(settings.getProperty("lab.user"));
        sender.setPassword(settings.getProperty("lab.password"));
        sender.send(message);
    }
}
