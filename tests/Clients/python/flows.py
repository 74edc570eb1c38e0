"""The main flows with the Python SDK. The last lines say how many passed and failed, as the Node suites do."""

import io
import sys
import unittest

import openai
from world import World, python, say

INTERPRETER = {"type": "code_interpreter"}


class Flows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.client = openai.OpenAI(base_url=f"{cls.world.url}/v1", api_key="any-key", max_retries=0)

    def setUp(self):
        self.beta = self.client.beta

    def ask(self, question, *files):
        assistant = self.beta.assistants.create(model="gpt-4o", tools=[INTERPRETER])
        attachments = [{"file_id": file.id, "tools": [INTERPRETER]} for file in files]
        thread = self.beta.threads.create()
        self.beta.threads.messages.create(thread.id, role="user", content=question, attachments=attachments)
        run = self.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
        self.assertEqual(run.status, "completed", f"{run.last_error}\n{self.world.log()}")
        return run, self.beta.threads.messages.list(thread.id).data[0]

    def test_a_standard_deviation_is_computed(self):
        self.world.when(
            "standard deviation",
            python("import statistics\nprint(statistics.stdev([2, 4, 4, 4, 5, 5, 7, 9]))"),
            say("It is {{last_tool_output:([0-9.]+)}}."),
        )
        run, message = self.ask("What is the standard deviation of 2, 4, 4, 4, 5, 5, 7, 9?")
        self.assertTrue(message.content[0].text.value.startswith("It is 2.138089935"))
        steps = list(self.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id, order="asc"))
        self.assertEqual([step.type for step in steps], ["tool_calls", "message_creation"])

    def test_a_chart_and_a_file_come_back(self):
        self.world.when(
            "growth",
            python(
                "import pandas as pd, matplotlib.pyplot as plt\n"
                "growth = pd.read_csv('sales.csv').revenue.pct_change()\n"
                "growth.plot()\nplt.show()\ngrowth.to_csv('/mnt/data/growth.csv')"
            ),
            say("😀 [growth.csv](sandbox:/mnt/data/growth.csv)"),
        )
        content = io.BytesIO(b"month,revenue\n1,100\n2,110\n")
        file = self.client.files.create(file=("sales.csv", content), purpose="assistants")
        self.client.files.wait_for_processing(file.id, poll_interval=0.05)
        _, message = self.ask("Show me the growth.", file)
        image, text = message.content
        self.assertEqual(self.client.files.content(image.image_file.file_id).read()[:4], b"\x89PNG")
        (annotation,) = text.text.annotations
        self.assertEqual(text.text.value[annotation.start_index : annotation.end_index], annotation.text)
        self.assertIn("0.1", self.client.files.content(annotation.file_path.file_id).text)

    def test_an_event_handler_sees_code_output_and_text(self):
        self.world.when("Stream", python("print('streamed', 6 * 7)"), say("It is {{last_tool_output:(\\d+)}}."))
        seen = {"code": "", "logs": "", "text": ""}

        class Handler(openai.AssistantEventHandler):
            def on_text_delta(self, delta, snapshot):
                seen["text"] += delta.value or ""

            def on_tool_call_delta(self, delta, snapshot):
                seen["code"] += delta.code_interpreter.input or ""
                for output in delta.code_interpreter.outputs or []:
                    seen["logs"] += output.logs or ""

        assistant = self.beta.assistants.create(model="gpt-4o", tools=[INTERPRETER])
        thread = self.beta.threads.create(messages=[{"role": "user", "content": "Stream, please."}])
        with self.beta.threads.runs.stream(
            thread_id=thread.id, assistant_id=assistant.id, event_handler=Handler()
        ) as stream:
            stream.until_done()
            run = stream.get_final_run()
        self.assertEqual(run.status, "completed")
        self.assertEqual(seen, {"code": "print('streamed', 6 * 7)", "logs": "streamed 42\n", "text": "It is 42."})

    def test_a_function_is_answered(self):
        self.world.when(
            "weather", {"tool_calls": [{"name": "weather", "arguments": {}}]}, say("It is {{last_tool_output}}.")
        )
        tool = {"type": "function", "function": {"name": "weather"}}
        assistant = self.beta.assistants.create(model="gpt-4o", tools=[INTERPRETER, tool])
        run = self.beta.threads.create_and_run_poll(
            assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": "How is the weather?"}]}
        )
        (call,) = run.required_action.submit_tool_outputs.tool_calls
        run = self.beta.threads.runs.submit_tool_outputs_and_poll(
            run.id, thread_id=run.thread_id, tool_outputs=[{"tool_call_id": call.id, "output": "fine"}]
        )
        self.assertEqual(run.status, "completed")
        messages = self.beta.threads.messages.list(run.thread_id)
        self.assertEqual(messages.data[0].content[0].text.value, "It is fine.")

    def test_a_large_file_goes_up_in_parts(self):
        if not hasattr(self.client.uploads, "upload_file_chunked"):
            self.skipTest("this version of the SDK has no upload_file_chunked")
        content = bytes(range(256)) * 20_000
        upload = self.client.uploads.upload_file_chunked(
            file=content,
            filename="big.bin",
            bytes=len(content),
            mime_type="application/octet-stream",
            purpose="assistants",
            part_size=1_000_000,
        )
        self.assertEqual(self.client.files.content(upload.file.id).read(), content)

    def test_lists_page_and_errors_have_their_class(self):
        ids = [self.beta.assistants.create(model="gpt-4o").id for _ in range(5)]
        listed = [assistant.id for assistant in self.beta.assistants.list(limit=2, order="asc")]
        self.assertEqual([one for one in listed if one in ids], ids)
        with self.assertRaises(openai.NotFoundError):
            self.beta.assistants.retrieve("asst_x")
        with self.assertRaises(openai.BadRequestError) as caught:
            self.beta.assistants.create(model="gpt-4o", name="x" * 257)
        self.assertEqual(caught.exception.param, "name")


if __name__ == "__main__":
    print(f"openai {openai.__version__}")
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromTestCase(Flows)
    )
    bad = len(result.failures) + len(result.errors)
    print(f"# pass {result.testsRun - bad - len(result.skipped)}\n# fail {bad}\n# skipped {len(result.skipped)}")
    sys.exit(bad > 0)
