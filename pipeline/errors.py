"""What can go wrong for a reason that the user can mend; everything else is a bug and keeps its traceback."""


def printable(text: str) -> str:
    """Return a text on one line: line breaks and what would steer a terminal are written as in Python."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


class AerialsegError(Exception):
    """One sentence that names the file, the setting and the mend; the command line prints it and exits with 2."""

    def __init__(self, sentence: str) -> None:
        """Take the sentence; names of files and what libraries say of them are made to fit on a line."""
        super().__init__(printable(sentence))


class ConfigError(AerialsegError):
    """The configuration, or a command's arguments, cannot be used."""


class InputError(AerialsegError):
    """A scene, or a file that goes with it, cannot be used."""


class ResourceError(AerialsegError):
    """The machine has too little memory or disk for what was asked."""


class WorkerError(AerialsegError):
    """A worker is not fit for the run: other versions, no way to the scene or to the work directory."""


class SchedulerGoneError(WorkerError):
    """The scheduler does not answer any more; no other scene would fare better."""


class OutputError(AerialsegError):
    """An output cannot be written where it was asked for."""


class StoppedError(Exception):
    """The run was asked to stop, and has; no failure of anything, so no scene is blamed."""


class TrainingDivergedError(AerialsegError):
    """The loss of a training is no longer a finite number."""
