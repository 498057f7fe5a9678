"""Requests and answers of the AWS wire protocols, apart from any server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """One HTTP request; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(content: object, kind: str = "application/json") -> Answer:
    """Answer with JSON."""
    return Answer(200, json.dumps(content, default=str).encode(), {"Content-Type": kind})


def json_error(code: str, message: str, *, status: int = 400, **more: str) -> Answer:
    """Fail as AWS's JSON protocols do: the code in header and body, so that any botocore version reads it."""
    body = {
        "__type": code,
        "message": message,
        "Message": message,
        **{key: value for key, value in more.items() if value},
    }
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-ErrorType": code}
    return Answer(status, json.dumps(body).encode(), headers)


def query_error(code: str, message: str) -> Answer:
    """Fail as AWS's query protocol (SNS) does."""
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(400, f"<ErrorResponse>{error}</ErrorResponse>".encode(), {"Content-Type": "text/xml"})
