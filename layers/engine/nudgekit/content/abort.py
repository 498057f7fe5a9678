"""The tag `{% abort "no piece left in their size" %}`: the message calls itself off, and says why."""

from typing import TYPE_CHECKING, TextIO

from liquid.ast import Node
from liquid.exceptions import LiquidSyntaxError
from liquid.tag import Tag
from liquid.token import TOKEN_STRING, TOKEN_TAG, Token

from nudgekit.errors import CalledOff

if TYPE_CHECKING:
    from liquid import RenderContext
    from liquid.stream import TokenStream

NO_WORDS = 'abort needs a reason in quotes, as in {% abort "too few left" %}'


class AbortNode(Node):
    """The point at which a message calls itself off."""

    def __init__(self, token: Token, words: str) -> None:
        super().__init__(token)
        self.words = words
        self.blank = False

    def __str__(self) -> str:
        return f'{{% abort "{self.words}" %}}'

    def render_to_output(self, context: "RenderContext", buffer: TextIO) -> int:  # noqa: ARG002
        """Nothing is written any more."""
        raise CalledOff(self.words)


class AbortTag(Tag):
    """Its words are what stands in the file, and never a value: they go into traces, where nothing personal belongs."""

    name = "abort"
    block = False

    def parse(self, stream: "TokenStream") -> AbortNode:
        """The tag with its words."""
        token = stream.eat(TOKEN_TAG)
        inner = stream.into_inner(tag=token, eat=False) if stream.current.value else None
        if inner is None or inner.current.kind != TOKEN_STRING or not inner.current.value.strip():
            raise LiquidSyntaxError(NO_WORDS, token=token)
        words = inner.next().value
        inner.expect_eos()
        return AbortNode(token, words)
