"""Apache Kafka's brokers."""

from rawspoof.core.conversation.kafka.speaker import Kafka

__all__ = ["Kafka"]
