package lab.probe;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** One JSON object a line, with the field names and the order of logstash-logback-encoder. */
public final class JsonLayout extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());
    private final ThrowableProxyConverter throwables = new ThrowableProxyConverter();

    @Override
    public void start() {
        throwables.start();
        super.start();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder out = new StringBuilder(512);
        out.append("{\"@timestamp\":").append(quote(STAMP.format(Instant.ofEpochMilli(event.getTimeStamp()))));
        out.append(",\"@version\":\"1\",\"message\":").append(quote(event.getFormattedMessage()));
        out.append(",\"logger_name\":").append(quote(event.getLoggerName()));
        out.append(",\"thread_name\":").append(quote(event.getThreadName()));
        out.append(",\"level\":").append(quote(event.getLevel().toString()));
        out.append(",\"level_value\":").append(event.getLevel().toInt());
        if (event.getThrowableProxy() != null) {
            out.append(",\"stack_trace\":").append(quote(throwables.convert(event)));
        }
        return out.append("}\n").toString();
    }

    private static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16).append('"');
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"': out.append("\\\""); break;
                case '\\': out.append("\\\\"); break;
                case '\n': out.append("\\n"); break;
                case '\r': out.append("\\r"); break;
                case '\t': out.append("\\t"); break;
                default:
                    if (c < 0x20) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
            }
        }
        return out.append('"').toString();
    }
}
