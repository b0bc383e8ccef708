"""The roles of a load's ``iamRoleArn``: whether the cluster can be them, and what they may read.

User guide, bulk-load-tutorial-IAM and bulk-load-tutorial-chain-roles.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cached_property
from typing import Final, NamedTuple

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from ..errors import NeptuneError
from .iam import boundary, role_policies, role_with, time_facts
from .iam_conditions import Facts
from .iam_policies import Decision, Document, decide, decide_trust

#: The beginning of what StartLoaderJob answers (user guide, load-api-reference-load-errors); the
#: reasons are ours.
TEXT: Final = "Couldn't find the AWS credential for iam_role_arn: {reason}"

REASONS: Final = {
    "arn": "{arn} is no ARN of a role",
    "unknown": "the role {arn} does not exist",
    "attached": "the role {arn} is not associated with the cluster {cluster}",
    "service": "the trust policy of {arn} does not let rds.amazonaws.com assume it",
    "trust": "the trust policy of {arn} does not let {by} assume it",
    "chain": "the policies of {by} do not allow sts:AssumeRole on {arn}",
}

_ASSUME: Final = "sts:AssumeRole"
_SERVICE: Final = {"Service": "rds.amazonaws.com"}


class _Role(NamedTuple):
    arn: str
    trust: Document
    policies: list[Document]
    limits: list[Document]

    def decide(self, action: str, resource: str, facts: Facts) -> Decision:
        """The role's policies and then what limits them: the first that does not allow."""
        decision = decide(self.policies, action, resource, facts)
        for limit in self.limits:
            if decision.effect == "allow":
                decision = decide((limit,), action, resource, facts)
        return decision


class LoaderRole:
    """A role, or a chain of roles between commas of which each assumes the next.

    ``attached`` are the ARNs of the roles of the cluster in moto's ``neptune``, None where moto
    does not tell.
    """

    def __init__(
        self,
        iam_role_arn: str,
        account_id: str,
        region: str,
        cluster: str,
        attached: Collection[str] | None,
    ) -> None:
        self._arns = [arn.strip() for arn in iam_role_arn.split(",")]
        self._attached = attached
        self._cluster = cluster
        self._partition = get_partition(region)
        self._facts: Facts = {
            "aws:requestedregion": (region,),
            "aws:sourceaccount": (account_id,),
            "aws:sourcearn": (
                f"arn:{self._partition}:rds:{region}:{account_id}:cluster:{cluster}",
            ),
            "aws:securetransport": ("true",),
            **time_facts(),
        }

    def check(self) -> None:
        """Raises BadRequestException with a text that tells why the cluster cannot be this."""
        self._last  # noqa: B018

    def may(self, action: str, path: str, prefix: str | None = None) -> bool:
        """Whether the last role may do something with ``bucket`` or ``bucket/key``; ``prefix`` is
        that of a list.
        """
        try:
            role = self._last
        except NeptuneError:  # it went while the load was waiting or running
            return False
        facts = {
            **self._facts,
            "aws:principalarn": (role.arn,),
            "s3:prefix": () if prefix is None else (prefix,),
        }
        return role.decide(action, f"arn:{self._partition}:s3:::{path}", facts).effect == "allow"

    @cached_property
    def _last(self) -> _Role:
        """The role at the end of the chain, all of which has been checked."""
        first = self._arns[0]
        role = self._role(first)
        if self._attached is not None and first not in self._attached:
            raise self._refusal("attached", first)
        self._need(decide_trust(role.trust, _ASSUME, _SERVICE, self._facts), "service", first)
        for arn in self._arns[1:]:
            by, role = role, self._role(arn)
            facts = {**self._facts, "aws:principalarn": (by.arn,)}
            self._need(by.decide(_ASSUME, arn, facts), "chain", arn, by.arn)
            trusted = decide_trust(role.trust, _ASSUME, {"AWS": by.arn}, facts)
            self._need(trusted, "trust", arn, by.arn)
        return role

    def _role(self, arn: str) -> _Role:
        parts = arn.split(":", 5)
        if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
            raise self._refusal("arn", arn)
        backend = iam_backends[parts[4]][self._partition]
        found = role_with(backend, arn)
        if found is None:
            raise self._refusal("unknown", arn)
        trust = json.loads(found.assume_role_policy_document)
        return _Role(arn, trust, role_policies(found), boundary(backend, found))

    def _need(self, decision: Decision, reason: str, arn: str, by: str = "") -> None:
        if decision.effect != "allow":
            raise self._refusal(reason, arn, by, decision.unevaluated)

    def _refusal(self, reason: str, arn: str, by: str = "", unevaluated: str = "") -> NeptuneError:
        text = REASONS[reason].format(arn=arn, by=by, cluster=self._cluster)
        if unevaluated:
            text += f" ({unevaluated} in it is not evaluated by this mock)"
        return NeptuneError("BadRequestException", TEXT.format(reason=text))
