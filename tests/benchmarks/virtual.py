"""A clock of its own for work that is really done: code runs, and the clock moves on by what it took and waited for.

Every piece of work is a thread, and only one of them runs at a time: it runs until it waits for something, its
processor's time is charged at the speed of the core it is said to have, and whoever is next in time goes on. So
pieces of work overlap in any way that their times make them overlap, while the machine does one thing after the other.
"""

import heapq
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from time import thread_time


class _Task:
    """A piece of work: when it may go on, and what its thread had used when it went on last."""

    def __init__(self) -> None:
        self.may_go = threading.Semaphore(0)
        self.charged_to = 0.0


class Time:
    """The clock, in seconds from 0.

    Args:
        speed: how much of this machine's core whoever works has.
    """

    def __init__(self, speed: float) -> None:
        self.speed, self.now = speed, 0.0
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._number, self._player, self._own = count(), threading.Semaphore(0), threading.local()
        self._trouble: list[BaseException] = []

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Do `action` at a moment; what is due at the same moment is done in the order in which it was asked for."""
        heapq.heappush(self._agenda, (moment, next(self._number), action))

    def start(self, work: Callable[[], None]) -> None:
        """Begin a piece of work now."""
        self.at(self.now, lambda: self._begin(work))

    def _begin(self, work: Callable[[], None]) -> None:
        threading.Thread(target=self._work, args=(work,), daemon=True).start()
        self._player.acquire()

    def _work(self, work: Callable[[], None]) -> None:
        self._own.task = task = _Task()
        task.charged_to = thread_time()
        try:
            work()
        except BaseException as trouble:
            self._trouble.append(trouble)
        self._player.release()

    def pause(self, seconds: float) -> None:
        """Whoever works waits so long, after the time that was worked since the last pause; others wait for nothing."""
        task: _Task | None = getattr(self._own, "task", None)
        if task is None:
            return
        worked = (thread_time() - task.charged_to) / self.speed
        self.at(self.now + worked + seconds, lambda: self._go_on(task))
        self._player.release()
        task.may_go.acquire()
        task.charged_to = thread_time()

    def _go_on(self, task: _Task) -> None:
        task.may_go.release()
        self._player.acquire()

    @contextmanager
    def elsewhere(self, seconds: float) -> Iterator[None]:
        """What is done inside is done elsewhere, half of `seconds` from now; half of them later the work goes on."""
        self.pause(seconds / 2)
        yield
        task: _Task | None = getattr(self._own, "task", None)
        if task is not None:
            task.charged_to = thread_time()
        self.pause(seconds / 2)

    def play(self, until: float) -> None:
        """Let time pass."""
        while self._agenda and self._agenda[0][0] <= until:
            self.now, _, action = heapq.heappop(self._agenda)
            action()
            if self._trouble:
                raise self._trouble[0]
        self.now = until
