"""What the sandbox is compared with: a bare local ipykernel, measured in the same run.

Prints one JSON object: milliseconds of every round trip of `print(1+1)`, and of every start of a kernel that then
imports the given modules.
"""

import json
import sys
import time

from jupyter_client.manager import KernelManager


def start():
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    return manager, client


def run(client, code):
    """Executes code and returns when the kernel has said that it is idle again."""
    message_id = client.execute(code, store_history=False)
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != message_id:
            continue
        if message["msg_type"] == "error":
            raise RuntimeError(message["content"]["evalue"])
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return


def main():
    rounds, starts, imports = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    results = {"start_ms": [], "call_ms": []}
    for index in range(starts):
        began = time.perf_counter()
        manager, client = start()
        run(client, imports)
        results["start_ms"].append((time.perf_counter() - began) * 1000)
        if index == starts - 1:
            for _ in range(rounds):
                began = time.perf_counter()
                run(client, "print(1+1)")
                results["call_ms"].append((time.perf_counter() - began) * 1000)
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print(json.dumps(results))


main()
