"""Batches are delivered in the background, in order, and none after one that failed."""

import threading

import pytest

from pix_mailmerge.mailmerge.handing_over import HandingOver
from pix_mailmerge.problems import DestinationError, error


class Disk:
    """A delivery that waits until it may go on, and fails on the batch « full »."""

    def __init__(self):
        self.done = []
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def deliver(self, batch):
        self.begun.set()
        self.may_go_on.wait(10)
        if "full" in batch:
            raise DestinationError(error("destination.unwritable", "Le disque est plein.", ""))
        self.done.append(tuple(batch))

    def keep(self, names):
        self.done.append(tuple(names))


def test_nobody_waits_for_the_disk_and_the_order_is_kept():
    disk = Disk()
    handing_over = HandingOver(disk)
    handing_over.deliver(["a"])
    handing_over.keep(["b"])
    handing_over.deliver(["c"])
    assert disk.done == []
    disk.may_go_on.set()
    handing_over.wait()
    assert disk.done == [("a",), ("b",), ("c",)]


def test_nothing_is_delivered_after_a_failure_and_the_failure_is_raised():
    disk = Disk()
    handing_over = HandingOver(disk)
    for batch in (["a"], ["full"], ["c"]):
        handing_over.deliver(batch)
    disk.may_go_on.set()
    with pytest.raises(DestinationError):
        handing_over.wait()
    handing_over.close()
    assert disk.done == [("a",)]


def test_what_is_under_way_is_finished_and_the_rest_forgotten():
    disk = Disk()
    handing_over = HandingOver(disk)
    handing_over.deliver(["a"])
    handing_over.deliver(["b"])
    disk.begun.wait(10)
    threading.Timer(0.2, disk.may_go_on.set).start()
    handing_over.close()
    assert disk.done == [("a",)]
