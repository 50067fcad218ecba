"""Creates the topics of deploy/topics.yaml that are missing and checks the settings of all of them.

Waits until the broker answers a metadata request. Exit 1, with a line for each difference, when a
topic that exists is not as the file says: an existing journal is never changed from here.
"""

import argparse
import sys
import time

import yaml
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType


def wait_for_metadata(admin, seconds):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return admin.list_topics(timeout=1)
        except KafkaException as error:
            if time.monotonic() > deadline:
                sys.exit(f"no broker answered within {seconds} s: {error}")


def fitted(topic, replicas):
    """The topic's settings, with as many in-sync replicas asked for as the replicas allow."""
    config = {name: str(value) for name, value in topic["config"].items()}
    wanted = int(config.get("min.insync.replicas", "1"))
    config["min.insync.replicas"] = str(min(wanted, max(1, replicas - 1)))
    return config


def create_missing(admin, topics, known, replicas):
    missing = [topic for topic in topics if topic["name"] not in known]
    new = [
        NewTopic(topic["name"], topic["partitions"], replicas, config=fitted(topic, replicas))
        for topic in missing
    ]
    if new:
        for future in admin.create_topics(new, operation_timeout=30).values():
            future.result()
    return [topic["name"] for topic in missing]


def wait_for_topics(admin, topics, seconds):
    """The topics' metadata; a broker learns of a new topic a moment after its controller."""
    deadline = time.monotonic() + seconds
    while True:
        known = admin.list_topics(timeout=10).topics
        unknown = [topic["name"] for topic in topics if topic["name"] not in known]
        if not unknown:
            return known
        if time.monotonic() > deadline:
            sys.exit(f"created, but not served within {seconds} s: {', '.join(unknown)}")


def differences(admin, topics, replicas):
    """One line for each setting of an existing topic that is not as it should be."""
    known = wait_for_topics(admin, topics, seconds=30)
    resources = [ConfigResource(ResourceType.TOPIC, topic["name"]) for topic in topics]
    answers = admin.describe_configs(resources).items()
    described = {resource.name: future.result() for resource, future in answers}
    lines = []
    for topic in topics:
        name = topic["name"]
        if len(known[name].partitions) != topic["partitions"]:
            found = len(known[name].partitions)
            lines.append(f"{name}: {found} partitions instead of {topic['partitions']}")
        for setting, wanted in fitted(topic, replicas).items():
            found = described[name][setting].value
            if found != wanted:
                lines.append(f"{name}: {setting} is {found} instead of {wanted}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap", required=True, help="host:port of a broker")
    parser.add_argument("--topics", default="deploy/topics.yaml")
    parser.add_argument("--wait", type=float, default=60, help="seconds to wait for the broker")
    arguments = parser.parse_args()

    with open(arguments.topics, encoding="utf-8") as file:
        wanted = yaml.safe_load(file)
    quiet = {"log_level": 0, "reconnect.backoff.max.ms": 100}
    admin = AdminClient({"bootstrap.servers": arguments.bootstrap, **quiet})
    cluster = wait_for_metadata(admin, arguments.wait)
    replicas = min(wanted["replication"], len(cluster.brokers))

    created = create_missing(admin, wanted["topics"], cluster.topics, replicas)
    wrong = differences(admin, wanted["topics"], replicas)
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        sys.exit(1)
    print(f"topics: {len(wanted['topics'])} as they should be, {len(created)} of them new")


if __name__ == "__main__":
    main()
