using System.Buffers.Binary;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

[Collection(RealSandboxCollection.Name)]
[Trait("Category", "Slow")]
public sealed class OutputTests(RealSandbox sandbox)
{
    [Fact]
    public void Prints_and_results_are_told_apart()
    {
        var result = sandbox.Run("print(1 + 1)\n3 + 3");

        result.ShouldPrint().ShouldBe("2\n");
        var display = result.Displays.ShouldHaveSingleItem();
        display.IsResult.ShouldBeTrue();
        display.Data.ShouldBe(new Dictionary<string, string> { ["text/plain"] = "6" });
    }

    [Fact]
    public void Text_that_has_nothing_for_IPython_is_what_IPython_makes_of_it() =>
        sandbox
            .Run(
                """"
                ours = get_ipython().input_transformer_manager
                theirs = super(type(ours), ours)
                pieces = ["x = 1", "print(x)", "%time x", "a = %pwd", "!ls", "b = !ls", "x?", "?x", "x % 2", "x != 2",
                          ",f a b", ";f a b", "/f a", "  x", "\t,f a", "", "\n", ">>> x", "... y", "In [1]: x", "[nav]In [1]: x",
                          "%%timeit", "'a % b'", "s = '''\n,text\n'''", "# ? %", "x \\", "def f():", "    return 1", "...",
                          "é = 'ü'", "x; y", "a / b", "(1,\n,)", "\f,f", "\ufeffx = 1", "x\r\ny", "lambda: 0", "x\vy", "x\x1cy"]
                cells = pieces + [a + "\n" + b for a in pieces for b in pieces]
                cells += [cell + end for cell in cells[:200] for end in ("\n", "\n\n", " ")]
                def made(by, cell):
                    try:
                        return by.transform_cell(cell)
                    except SyntaxError as e:
                        return str(e)
                print(len(cells) > 1000, [cell for cell in cells if made(ours, cell) != made(theirs, cell)])
                """"
            )
            .ShouldPrint()
            .ShouldBe("True []\n");

    [Fact]
    public void Output_errors_and_displays_keep_their_order() =>
        sandbox
            .Run(
                """
                import sys
                from IPython.display import display
                for i in range(20):
                    print("out", i)
                    display(i)
                    print("error", i, file=sys.stderr)
                !echo shell
                """
            )
            .InOrder.ShouldBe(
                string.Concat(Enumerable.Range(0, 20).Select(i => $"out {i}\n[{i}]error {i}\n")) + "shell\n"
            );

    [Fact]
    public void A_character_that_arrives_in_pieces_stays_one() =>
        sandbox
            .Run(
                """
                import os, time
                for byte in "aä€😀\n".encode():
                    os.write(1, bytes([byte]))
                    time.sleep(0.002)
                os.write(1, b"\xff\n")
                print("\ud800")
                """
            )
            .ShouldPrint()
            .ShouldBe("aä€😀\n\uFFFD\n\\ud800\n");

    [Fact]
    public void Ten_gigabytes_are_cut_and_counted()
    {
        var result = sandbox.Run("!yes 0123456789 | head -c 10000000000; echo; echo the end");

        result.ShouldPrint().ShouldEndWith("the end\n");
        result.Stdout.Length.ShouldBeLessThan(8 << 20);
        (result.Stdout.Length + result.OmittedBytes).ShouldBe(10_000_000_009);
    }

    [Fact]
    public void What_a_thread_prints_after_its_cell_comes_with_the_next_one()
    {
        sandbox
            .Run(
                """
                import threading, time
                started = threading.Event()
                def later():
                    started.wait()
                    print("from behind", flush=True)
                thread = threading.Thread(target=later)
                thread.start()
                """
            )
            .ShouldPrint()
            .ShouldBe("");

        sandbox.Run("started.set(); thread.join(); print('now')").ShouldPrint().ShouldBe("from behind\nnow\n");
    }

    [Fact]
    public void A_figure_is_a_PNG_whether_shown_or_left_open()
    {
        var result = sandbox.Run(
            """
            import matplotlib.pyplot as plt
            plt.plot([1, 2, 3]); plt.show()
            print("between")
            _ = plt.plot([3, 2, 1])
            """
        );

        result.ShouldPrint().ShouldBe("between\n");
        result.Displays.Count.ShouldBe(2);
        result.Displays.ShouldAllBe(display => IsPng(Convert.FromBase64String(display.Data["image/png"])));
        sandbox.Run("print(plt.get_fignums())").ShouldPrint().ShouldBe("[]\n");
    }

    [Fact]
    public void Rich_representations_are_the_known_ones_only()
    {
        var result = sandbox.Run(
            """
            import pandas
            class Odd:
                def _repr_mimebundle_(self, include=None, exclude=None):
                    return {"text/plain": "odd", "application/x-odd": "1", "application/json": {"a": [1]}}
            display(Odd())
            pandas.DataFrame({"a": [1, 2]})
            """
        );

        result.Done.Status.ShouldBe("ok");
        result.Displays[0].Data.Keys.Order().ShouldBe(["application/json", "text/plain"]);
        JsonDocument
            .Parse(result.Displays[0].Data["application/json"])
            .RootElement.GetProperty("a")[0]
            .GetInt32()
            .ShouldBe(1);
        result.Displays[1].Data.Keys.Order().ShouldBe(["text/html", "text/plain"]);
    }

    [Fact]
    public void A_huge_representation_is_cut()
    {
        var result = sandbox.Run("class A:\n  def __repr__(self): return 'x' * 50_000_000\nA()");

        result.Done.Status.ShouldBe("ok");
        result.Displays.ShouldHaveSingleItem().Data["text/plain"].Length.ShouldBeInRange(1 << 20, 1_100_000);
    }

    [Fact]
    public void An_exception_comes_with_a_plain_traceback()
    {
        var result = sandbox.Run("print('before')\n{}['month']");

        result.Done.Status.ShouldBe("error");
        result.Done.StateLost.ShouldBeFalse();
        result.Stdout.ShouldBe("before\n");
        result.Error.Name.ShouldBe("KeyError");
        result.Error.Value.ShouldBe("'month'");
        result.Error.Traceback.ShouldContain("----> 2 {}['month']");
        result.Error.Traceback.ShouldNotContain("\u001b");
    }

    [Theory]
    [InlineData("x +", "SyntaxError")]
    [InlineData("input()", "EOFError")]
    [InlineData("import sys; sys.exit(3)", "SystemExit")]
    public void What_cannot_be_is_an_error_and_no_more(string code, string error)
    {
        sandbox.Run("kept = 1");

        var result = sandbox.Run(code);

        result.Error.Name.ShouldBe(error);
        result.Error.Traceback.ShouldNotContain("kernel.py");
        sandbox.Run("exit()\nquit()").Done.Status.ShouldBe("ok");
        sandbox.Run("print(kept)").ShouldPrint().ShouldBe("1\n");
    }

    [Theory]
    [InlineData("import asyncio\nawait asyncio.sleep(0)\nprint('ran')")]
    [InlineData("%%bash\necho ran")]
    [InlineData("!echo ran")]
    [InlineData("%time print('ran') if False else None\nprint('ran')")]
    [InlineData("lines = !echo ran\nprint(lines[0])")]
    [InlineData("from multiprocessing import Pool\nwith Pool(2) as p: print('ran' if p.map(abs, [-1]) == [1] else '')")]
    [InlineData("import os\nif os.fork() == 0:\n  pass\nelse:\n  os.wait()\n  print('ran')")]
    [InlineData("from joblib import Parallel, delayed\nParallel(2)(delayed(abs)(i) for i in [1])\nprint('ran')")]
    [InlineData("import numpy\nnumpy.linalg.inv(numpy.random.rand(300, 300))\nprint('ran')")]
    public void What_notebooks_do_works(string code) => sandbox.Run(code).ShouldPrint().ShouldEndWith("ran\n");

    [Fact]
    public void A_module_of_the_user_is_found_and_cannot_shadow_the_kernel()
    {
        sandbox.Run("open('mine.py', 'w').write('x = 5'); open('random.py', 'w').write('1/0'); None");

        sandbox.Run("import mine, random; print(mine.x, random.random() < 1)").ShouldPrint().ShouldBe("5 True\n");
        sandbox.Run("import os; os._exit(0)").Done.Status.ShouldBe("killed");
        sandbox
            .Run("import random; print(random.random() < 1); os = __import__('os'); os.remove('random.py')")
            .ShouldPrint()
            .ShouldBe("True\n");
    }

    [Fact]
    public void Two_kernels_have_different_random_numbers()
    {
        const string Code = "import os, random, numpy\nprint(random.random(), numpy.random.rand())";
        var first = sandbox.Run(Code).ShouldPrint();
        sandbox.Run("os._exit(0)");

        sandbox.Run(Code).ShouldPrint().ShouldNotBe(first);
    }

    private static bool IsPng(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        && BinaryPrimitives.ReadInt32BigEndian(bytes[16..]) > 100
        && bytes[^8..^4].SequenceEqual("IEND"u8);
}
