"""Find out why a Secure Network Analytics Manager cannot mail its alarms through Amazon SES."""

__version__ = "0.1.0"
