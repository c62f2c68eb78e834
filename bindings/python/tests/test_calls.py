# SPDX-License-Identifier: Apache-2.0
"""Callbacks, cancellation, threads: what happens while the library works."""
import io
import os
import signal
import tempfile
import threading
import time
import unittest

import imgassure
from imgassure import Stage

from support import INPUTS, MIB, big_feed, big_image

FOLDER = tempfile.TemporaryDirectory()
BIG = os.path.join(FOLDER.name, "big.tar")


def setUpModule():
    big_image(BIG)


def tearDownModule():
    FOLDER.cleanup()


class Oops(Exception):
    pass


class Callbacks(unittest.TestCase):
    def test_progress_of_layers(self):
        seen = []
        context = imgassure.Context(progress=lambda *args: seen.append(args))
        with imgassure.Image.open(BIG, context=context) as image:
            image.collect(context=context)
        layers = [(done, total) for stage, done, total in seen if stage is Stage.LAYERS]
        self.assertTrue(layers, "no progress of layers was reported")
        self.assertEqual([done for done, _ in layers], sorted(done for done, _ in layers))
        self.assertGreater(layers[-1][1], 96 * MIB)
        self.assertEqual(layers[-1][0], layers[-1][1])

    def test_progress_of_feeds_and_match(self):
        stages = set()
        context = imgassure.Context(progress=lambda stage, _done, _total: stages.add(stage))
        with imgassure.DatabaseWriter(context=context) as writer:
            writer.add(big_feed(2000), name="debian")
            database = imgassure.Database.open(writer.finish())
        with imgassure.Image.open(BIG) as image:
            imgassure.match(image.collect(), database, context=context)
        self.assertEqual(stages, {Stage.FEED, Stage.MATCH})

    def test_an_exception_in_progress_comes_out(self):
        def progress(_stage, _done, _total):
            calls.append(1)
            raise Oops("enough")

        calls = []
        context = imgassure.Context(progress=progress)
        with imgassure.DatabaseWriter(context=context) as writer:
            with self.assertRaisesRegex(Oops, "enough"):
                writer.add(big_feed(20000), name="debian")
            self.assertEqual(len(calls), 1, "the call went on")

    def test_an_exception_in_write_comes_out(self):
        class Full:
            def __init__(self):
                self.calls = 0

            def write(self, _data):
                self.calls += 1
                raise Oops("full")

        with imgassure.Image.open(BIG) as image, image.collect() as inventory:
            full = Full()
            with self.assertRaisesRegex(Oops, "full"):
                inventory.write(full)
            self.assertEqual(full.calls, 1)
            self.assertTrue(inventory.to_json(), "the inventory is as it was")

    def test_an_exception_in_read_comes_out(self):
        class Broken(io.BytesIO):
            armed = False

            def read(self, size=-1):
                if self.armed:
                    raise Oops("unplugged")
                return super().read(size)

        file = Broken((INPUTS / "docker.tar").read_bytes())
        with imgassure.Image.open(file) as image:
            file.armed = True
            with self.assertRaisesRegex(Oops, "unplugged"):
                image.collect()
            file.armed = False
            self.assertEqual(len(image.collect().packages()), 3)
            file.armed = True
        with self.assertRaisesRegex(Oops, "unplugged"):
            imgassure.Image.open(file)

    def test_calls_inside_callbacks(self):
        inner = []

        def progress(_stage, _done, _total):
            if not inner:
                inner.append(imgassure.compare("deb", "1", "2"))
                try:
                    imgassure.compare("deb", "1 1", "2")
                except imgassure.VersionError:
                    inner.append("cannot tell")

        with imgassure.DatabaseWriter(context=imgassure.Context(progress=progress)) as writer:
            writer.add(big_feed(1000), name="debian")
        self.assertEqual(inner, [-1, "cannot tell"])

    def test_log_is_accepted(self):
        lines = []
        context = imgassure.Context(log=lambda level, text: lines.append((level, text)),
                                    log_level=imgassure.LogLevel.DEBUG)
        with imgassure.Image.open(BIG, context=context) as image:
            image.collect(context=context)
        for level, text in lines:
            self.assertIsInstance(level, int)
            self.assertNotIn("\n", text)


class Cancelling(unittest.TestCase):
    def test_token(self):
        token = imgassure.CancelToken()
        context = imgassure.Context(cancel=token)
        token.set()
        with imgassure.Image.open(BIG) as image:
            with self.assertRaises(imgassure.CancelledError) as caught:
                image.collect(context=context)
            self.assertEqual(caught.exception.name, "cancelled")
            token.clear()
            self.assertEqual(len(image.collect(context=context).packages()), 1000)

    def test_token_from_another_thread(self):
        class Slow(io.FileIO):
            """Another thread sets the token when half of the layer has been read."""

            armed = False

            def read(self, size=-1):
                if self.armed and self.tell() > 48 * MIB:
                    self.armed = False
                    other = threading.Thread(target=token.set)
                    other.start()
                    other.join()
                return super().read(size)

        token = imgassure.CancelToken()
        context = imgassure.Context(cancel=token)
        with Slow(BIG) as file, imgassure.Image.open(file, context=context) as image:
            file.armed = True
            with self.assertRaises(imgassure.CancelledError):
                image.collect(context=context)
            self.assertLess(file.tell(), 60 * MIB, "it read on")

    def test_interrupt_cancels(self):
        """Ctrl-C: the feed is not taken, so the call was stopped and not only followed by the exception."""
        feed = big_feed(150000)
        with imgassure.DatabaseWriter() as writer:
            alarm = threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT))
            alarm.start()
            with self.assertRaises(KeyboardInterrupt):
                writer.add(feed, name="debian")
                time.sleep(5)
            alarm.join()
            with imgassure.Database.open(writer.finish()) as database:
                self.assertEqual(len(database.feeds()), 0)

    def test_interrupt_cancels_collect(self):
        last = []

        def progress(_stage, done, total):
            last[:] = [done, total]
            if done > total // 4 and not sent:
                sent.append(os.kill(os.getpid(), signal.SIGINT))

        sent = []
        context = imgassure.Context(progress=progress)
        with imgassure.Image.open(BIG) as image:
            with self.assertRaises(KeyboardInterrupt):
                image.collect(context=context)
                time.sleep(5)
        self.assertLess(last[0], last[1])


class Threads(unittest.TestCase):
    def test_other_threads_run_during_a_call(self):
        """The GIL is given up: a thread counts on while one long C call runs."""
        stop = threading.Event()
        count = [0]

        def work():
            while not stop.is_set():
                count[0] += 1

        worker = threading.Thread(target=work)
        with imgassure.Image.open(BIG) as image:
            context = imgassure.Context()
            from imgassure._cffi import ffi, lib
            with context._use() as settings, image._use() as pointer:
                lib.imga_context_set_progress(settings, ffi.NULL, ffi.NULL)  # no Python at all inside the call
                worker.start()
                before = count[0]
                out, error = ffi.new("imga_inventory **"), ffi.new("imga_error **")
                status = lib.imga_inventory_collect(settings, pointer, out, error)
                during = count[0] - before
            stop.set()
            worker.join()
            lib.imga_inventory_unref(out[0])
        self.assertEqual(status, 0)
        self.assertGreater(during, 1000)

    def test_shared_results(self):
        def work():
            try:
                for _ in range(20):
                    names = [p.name for p in inventory.packages()]
                    findings = imgassure.match(inventory, database, context=context)
                    results.append((len(names), len(findings.findings()), inventory.to_json()))
            except Exception as e:  # shown by the assertion below
                results.append(e)

        results = []
        context = imgassure.Context()
        with imgassure.Image.open(INPUTS / "docker.tar") as image, image.collect() as inventory, \
                imgassure.Database.open(INPUTS / "advisories.db") as database:
            workers = [threading.Thread(target=work) for _ in range(4)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            expected = (3, 5, inventory.to_json())
        self.assertEqual(results, [expected] * 80)

    def test_exceptions_stay_in_their_thread(self):
        barrier = threading.Barrier(2, timeout=60)

        def progress(_stage, _done, _total):
            me = threading.current_thread().name
            if me not in met:
                met.add(me)
                barrier.wait()
                if me == "bad":
                    raise Oops(me)

        def work():
            try:
                with imgassure.DatabaseWriter(context=context) as writer:
                    writer.add(big_feed(5000), name="debian")
                outcome[threading.current_thread().name] = None
            except Exception as e:
                outcome[threading.current_thread().name] = type(e)

        met, outcome = set(), {}
        context = imgassure.Context(progress=progress)
        workers = [threading.Thread(target=work, name=name) for name in ("good", "bad")]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(outcome, {"good": None, "bad": Oops})


if __name__ == "__main__":
    unittest.main()
