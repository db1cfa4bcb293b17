"""The AWS stack: `cdk synth -a "python app.py"` in this folder, with this folder's own packages."""

import aws_cdk as cdk
from stack import KeytagStack

app = cdk.App()
KeytagStack(
    app,
    "Keytag",
    domain=app.node.try_get_context("domain") or "shop.example.com",
    certificate_arn=app.node.try_get_context("certificateArn")
    or "arn:aws:acm:us-east-1:111111111111:certificate/00000000-0000-0000-0000-000000000000",
    image_tag=app.node.try_get_context("imageTag") or "latest",
)
app.synth()
