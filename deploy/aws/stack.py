"""Keytag on AWS: a load balancer, Fargate services, PostgreSQL and Valkey in private subnets, alarms."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

WEB_PORT = 8080
POSTGRES_PORT = 5432
VALKEY_PORT = 6379
BACKUP_DAYS = 14
# What is outside: the provider of texts, the mail server, the card processor, and the bucket that keeps photos.
OUTSIDE = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_AUTH_TOKEN_PREVIOUS",
    "TWILIO_MESSAGING_SERVICE_SID",
    "TWILIO_FROM",
    "SMTP_URL",
    "SMTP_FROM",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "PHOTO_BUCKET",
    "PHOTO_BUCKET_REGION",
    "PHOTO_BUCKET_KEY_ID",
    "PHOTO_BUCKET_SECRET",
)

# The roles of the database that sign in, and where each has its password; see migrations/roles.py.
ROLE_PASSWORDS = ("KEYTAG_OWNER_PASSWORD", "KEYTAG_APP_PASSWORD", "KEYTAG_READONLY_PASSWORD", "KEYTAG_BACKUP_PASSWORD")

# The entry command of each service; the image's own command is the web server.
COMMANDS: dict[str, list[str] | None] = {
    "Web": None,
    "Worker": ["python", "-m", "backend.worker"],
    "Dispatcher": ["python", "-m", "backend.dispatcher"],
    "Roles": ["python", "-m", "migrations.roles"],
    "Migrate": ["alembic", "upgrade", "head"],
}


class KeytagStack(cdk.Stack):
    """One installation. The database keeps a snapshot when the stack is deleted."""

    def __init__(
        self, scope: Construct, name: str, *, domain: str, certificate_arn: str, image_tag: str, **kwargs: Any
    ) -> None:
        """Describe everything; `domain` points at the load balancer by a record of your own."""
        super().__init__(scope, name, **kwargs)
        self.vpc = ec2.Vpc(self, "Network", max_azs=2, nat_gateways=1)
        self.database = self._make_database()
        self.cache, cache_group = self._make_cache()
        self.image = ecs.ContainerImage.from_ecr_repository(
            ecr.Repository.from_repository_name(self, "Images", "keytag"), image_tag
        )
        self.logs = logs.LogGroup(self, "Logs", retention=logs.RetentionDays.THREE_MONTHS)
        cluster = ecs.Cluster(self, "Cluster", vpc=self.vpc, container_insights_v2=ecs.ContainerInsights.ENABLED)
        secret = secretsmanager.Secret(
            self,
            "Secrets",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106  an empty object that the generated key goes into
                generate_string_key="KEYTAG_SECRET_KEY",
                exclude_punctuation=True,
                password_length=64,
            ),
        )
        metrics_token = secretsmanager.Secret(
            self,
            "MetricsToken",
            generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True, password_length=48),
        )
        # Made by hand before the first start: addresses of the database with a password in each. The product's is keytag_app's;
        # only the two tasks before a release get another: the administrator's that RDS made, and keytag_owner's.
        database_url = secretsmanager.Secret.from_secret_name_v2(self, "DatabaseUrl", "keytag/DATABASE_URL")
        before_release = {
            "Roles": secretsmanager.Secret.from_secret_name_v2(self, "AdminUrl", "keytag/ADMINISTRATOR_DATABASE_URL"),
            "Migrate": secretsmanager.Secret.from_secret_name_v2(self, "OwnerUrl", "keytag/OWNER_DATABASE_URL"),
        }
        # Made by hand too: an object with every name of ROLE_PASSWORDS, empty for a role that nobody signs in as.
        passwords = secretsmanager.Secret.from_secret_name_v2(self, "RolePasswords", "keytag/ROLE_PASSWORDS")
        # Made by hand before the first start: an object with every name of OUTSIDE, empty where there is none; a task
        # does not start where a name is missing.
        outside = secretsmanager.Secret.from_secret_name_v2(self, "Outside", "keytag/OUTSIDE")
        secrets = {
            "KEYTAG_SECRET_KEY": ecs.Secret.from_secrets_manager(secret, "KEYTAG_SECRET_KEY"),
            "KEYTAG_METRICS_TOKEN": ecs.Secret.from_secrets_manager(metrics_token),
            "DATABASE_URL": ecs.Secret.from_secrets_manager(database_url),
            **{name: ecs.Secret.from_secrets_manager(outside, name) for name in OUTSIDE},
        }
        environment = {
            "KEYTAG_ENV": "production",
            "KEYTAG_PUBLIC_URL": f"https://{domain}",
            "KEYTAG_TRUSTED_PROXIES": "1",
            "REDIS_URL": f"rediss://{self.cache.attr_primary_end_point_address}:{VALKEY_PORT}/0",
        }
        own: dict[str, dict[str, ecs.Secret]] = {
            kind: {"DATABASE_URL": ecs.Secret.from_secrets_manager(url)} for kind, url in before_release.items()
        }
        own["Roles"] |= {name: ecs.Secret.from_secrets_manager(passwords, name) for name in ROLE_PASSWORDS}
        tasks = {
            kind: self._make_task(kind, command, environment, {**secrets, **own.get(kind, {})})
            for kind, command in COMMANDS.items()
        }
        web = self._make_web(cluster, tasks["Web"], certificate_arn)
        others = [
            ecs.FargateService(
                self,
                kind,
                cluster=cluster,
                task_definition=tasks[kind],
                desired_count=1,
                min_healthy_percent=0,
                circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            )
            for kind in ("Worker", "Dispatcher")
        ]
        for service in (web, *others):
            self.database.connections.allow_default_port_from(service)
            cache_group.add_ingress_rule(service.connections.security_groups[0], ec2.Port.tcp(VALKEY_PORT))
        cdk.CfnOutput(self, "RolesTaskArn", value=tasks["Roles"].task_definition_arn)
        cdk.CfnOutput(self, "MigrateTaskArn", value=tasks["Migrate"].task_definition_arn)

    def _make_database(self) -> rds.DatabaseInstance:
        return rds.DatabaseInstance(
            self,
            "Database",
            engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.of("17.6", "17")),
            instance_type=ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM),
            vpc=self.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            multi_az=True,
            storage_encrypted=True,
            allocated_storage=50,
            max_allocated_storage=500,
            backup_retention=cdk.Duration.days(BACKUP_DAYS),
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
            database_name="keytag",
            credentials=rds.Credentials.from_generated_secret("keytag"),
            port=POSTGRES_PORT,
        )

    def _make_cache(self) -> tuple[elasticache.CfnReplicationGroup, ec2.SecurityGroup]:
        group = ec2.SecurityGroup(
            self, "CacheAccess", vpc=self.vpc, description="Valkey, from the services of Keytag only"
        )
        subnets = elasticache.CfnSubnetGroup(
            self,
            "CacheSubnets",
            description="Private subnets",
            subnet_ids=[subnet.subnet_id for subnet in self.vpc.private_subnets],
        )
        # The service's own default drops keys that expire, as kicks do.
        keeps_all = elasticache.CfnParameterGroup(
            self,
            "CacheSettings",
            cache_parameter_group_family="valkey8",
            description="Nothing that waits is dropped",
            properties={"maxmemory-policy": "noeviction"},
        )
        cache = elasticache.CfnReplicationGroup(
            self,
            "Cache",
            replication_group_description="Keytag live events and task queue",
            engine="valkey",
            engine_version="8.0",
            cache_node_type="cache.t4g.small",
            num_cache_clusters=2,
            automatic_failover_enabled=True,
            transit_encryption_enabled=True,
            at_rest_encryption_enabled=True,
            cache_subnet_group_name=subnets.ref,
            cache_parameter_group_name=keeps_all.ref,
            security_group_ids=[group.security_group_id],
        )
        return cache, group

    def _make_task(
        self, kind: str, command: list[str] | None, environment: dict[str, str], secrets: dict[str, ecs.Secret]
    ) -> ecs.FargateTaskDefinition:
        task = ecs.FargateTaskDefinition(self, f"{kind}Task", cpu=512, memory_limit_mib=1024)
        task.add_container(
            kind.lower(),
            image=self.image,
            command=command,
            environment=environment,
            secrets=secrets,
            logging=ecs.LogDrivers.aws_logs(stream_prefix=kind.lower(), log_group=self.logs),
            port_mappings=[ecs.PortMapping(container_port=WEB_PORT)] if kind == "Web" else None,
            stop_timeout=cdk.Duration.seconds(30),
        )
        return task

    def _make_web(
        self, cluster: ecs.Cluster, task: ecs.FargateTaskDefinition, certificate_arn: str
    ) -> ecs.FargateService:
        web = ecs.FargateService(
            self,
            "Web",
            cluster=cluster,
            task_definition=task,
            desired_count=2,
            min_healthy_percent=100,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
        )
        scaling = web.auto_scale_task_count(min_capacity=2, max_capacity=8)
        scaling.scale_on_cpu_utilization("Busy", target_utilization_percent=60)
        balancer = elb.ApplicationLoadBalancer(
            self,
            "Balancer",
            vpc=self.vpc,
            internet_facing=True,
            # Longer than a keep-alive comment of an event stream.
            idle_timeout=cdk.Duration.seconds(60),
            drop_invalid_header_fields=True,
        )
        balancer.add_redirect()
        listener = balancer.add_listener(
            "Https",
            port=443,
            certificates=[acm.Certificate.from_certificate_arn(self, "Certificate", certificate_arn)],
            ssl_policy=elb.SslPolicy.RECOMMENDED_TLS,
        )
        target = listener.add_targets(
            "Web",
            port=WEB_PORT,
            protocol=elb.ApplicationProtocol.HTTP,
            targets=[web],
            deregistration_delay=cdk.Duration.seconds(25),
            health_check=elb.HealthCheck(path="/readyz", interval=cdk.Duration.seconds(15)),
        )
        cloudwatch.Alarm(
            self,
            "Errors",
            metric=target.metrics.http_code_target(elb.HttpCodeTarget.TARGET_5XX_COUNT, period=cdk.Duration.minutes(5)),
            threshold=5,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description="Answers with 5xx",
        )
        cloudwatch.Alarm(
            self,
            "Slow",
            metric=target.metrics.target_response_time(statistic="p95", period=cdk.Duration.minutes(5)),
            threshold=0.8,
            evaluation_periods=3,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description="p95 above the board's limit of 800 ms",
        )
        cdk.CfnOutput(self, "Address", value=balancer.load_balancer_dns_name)
        return web
