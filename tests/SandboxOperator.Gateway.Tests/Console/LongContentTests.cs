using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.Console.Threads;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Tests.Console;

/// <summary>Callers and models may make texts as long as a request; pages read what they show of them.</summary>
public sealed class LongContentTests : IAsyncLifetime
{
    private const int Long = 3_000_000;
    private const int Runs = 20;

    private static readonly Viewer Admin = new("default", IsAdmin: true, SignedIn: true, null, "", 1_000_000);
    private ConsoleRows _rows = null!;

    public async ValueTask InitializeAsync() => _rows = await ConsoleRows.OpenAsync();

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

    [Fact]
    public async Task A_list_of_runs_reads_the_beginning_of_each_prompt()
    {
        await AddRunsAsync();
        var lister = new RunLister(_rows.Store, TimeProvider.System);

        var (page, bytes) = Measure(() =>
            lister.ListAsync(Admin, new RunFilter(null, null, null, null, null, null, null), CancellationToken.None)
        );

        page.Rows.Count.ShouldBe(Runs);
        page.Rows.ShouldAllBe(row => row.Prompt.StartsWith("hello xxx") && row.Prompt.Length <= 201);
        bytes.ShouldBeLessThan(Long * 4L);
    }

    [Fact]
    public async Task A_list_of_threads_reads_the_beginning_of_each_first_message()
    {
        await AddRunsAsync();
        var reader = new ThreadReader(_rows.Store, new RunLister(_rows.Store, TimeProvider.System));

        var ((threads, _), bytes) = Measure(() => reader.ListAsync(Admin, null, CancellationToken.None));

        threads.Count.ShouldBe(Runs);
        threads.ShouldAllBe(row => row.Beginning.StartsWith("hello xxx") && row.Beginning.Length <= 161);
        bytes.ShouldBeLessThan(Long * 4L);
    }

    [Fact]
    public async Task The_page_of_a_thread_shows_part_of_each_long_message()
    {
        await ConsoleRows.AddAsync(
            _rows.Store,
            [
                .. ConsoleRows.Run(1),
                .. Enumerable
                    .Range(2, Runs)
                    .Select(seq => new MessageEntity
                    {
                        Seq = seq,
                        Id = $"msg_{seq}",
                        Project = "alpha",
                        ThreadId = "thread_1",
                        Role = "user",
                        Content = Content(),
                    }),
            ]
        );
        var reader = new ThreadReader(_rows.Store, new RunLister(_rows.Store, TimeProvider.System));

        var (view, bytes) = Measure(() => reader.ReadAsync(Admin, "thread_1", CancellationToken.None));

        view.Messages.Count.ShouldBe(Runs + 1);
        view.Messages.ShouldAllBe(message => message.Text.Length < CallOutput.MaxChars + 100);
        bytes.ShouldBeLessThan(Runs * (long)Long);
    }

    [Fact]
    public async Task The_page_of_a_run_shows_part_of_all_that_is_long()
    {
        var text = new string('x', Long);
        await ConsoleRows.AddAsync(
            _rows.Store,
            [
                .. ConsoleRows.Run(1, content: Content()),
                ConsoleRows.Step(1, 1, Function(text, "short")),
                ConsoleRows.Step(1, 2, Function("short", text)),
                ConsoleRows.Step(1, 3, Python(new string('x', 300_000), "short")),
                ConsoleRows.Step(1, 4, Python("short", text)),
                .. Enumerable
                    .Range(5, 200)
                    .Select(number => ConsoleRows.Step(1, number, Python("print()", text[..40_000]))),
            ]
        );

        var view = await new RunReader(_rows.Store).ReadAsync(Admin, "run_1", CancellationToken.None);

        view.Items.Count.ShouldBe(205);
        view.Items.Max(item => Texts(item).Max(shown => shown.Length)).ShouldBeLessThan(CallOutput.MaxChars + 100);
        view.Items.SelectMany(Texts).Sum(shown => (long)shown.Length).ShouldBeLessThan(5 * 1024 * 1024);
        view.Items.OfType<CallItem>().ElementAt(1).Outputs.ShouldContain(output => output.LeftOut > 0);
    }

    [Fact]
    public async Task What_other_runs_on_the_page_may_show_is_less()
    {
        await ConsoleRows.AddAsync(
            _rows.Store,
            [
                .. ConsoleRows.Run(1),
                .. Enumerable
                    .Range(1, 100)
                    .Select(number => ConsoleRows.Step(1, number, Python("print()", new string('x', 20_000)))),
            ]
        );
        var reader = new RunReader(_rows.Store);

        var alone = await reader.ReadAsync(Admin, "run_1", CancellationToken.None);
        var among = await reader.ReadAsync(Admin, "run_1", runs: 20, CancellationToken.None);

        alone.Items.SelectMany(Texts).Sum(shown => shown.Length).ShouldBeGreaterThan(2_000_000);
        among.Items.SelectMany(Texts).Sum(shown => shown.Length).ShouldBeLessThan(400_000);
    }

    /// <summary>What a reading allocates; the store answers on the thread that asks.</summary>
    private static (T Result, long Bytes) Measure<T>(Func<Task<T>> read)
    {
        // The first reading prepares the queries.
        Wait(read());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = Wait(read());
        return (result, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static T Wait<T>(Task<T> task)
    {
        task.IsCompleted.ShouldBeTrue("Work on another thread would not be counted.");
#pragma warning disable xUnit1031 // It has completed.
        return task.Result;
#pragma warning restore xUnit1031
    }

    private Task AddRunsAsync() =>
        ConsoleRows.AddAsync(
            _rows.Store,
            Enumerable
                .Range(1, Runs)
                .SelectMany(seq => ConsoleRows.Run(seq, content: Content(), tools: $"""["{new string('x', Long)}"]"""))
        );

    private static IEnumerable<string> Texts(TimelineItem item) =>
        item switch
        {
            PromptItem prompt => [prompt.Text],
            MessageItem message => [message.Text],
            CallItem call => [call.Code, .. call.Outputs.Select(output => output.Text ?? "")],
            FunctionsItem functions => functions.Calls.SelectMany(call =>
                new[] { call.Name, call.Arguments, call.Output ?? "" }
            ),
            _ => [],
        };

    private static string Content() =>
        $$$"""[{"type":"text","text":{"value":"hello {{{new string('x', Long)}}}","annotations":[]}}]""";

    private static string Python(string code, string output) =>
        new JsonObject
        {
            ["type"] = "tool_calls",
            ["tool_calls"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = "call_1",
                    ["type"] = "code_interpreter",
                    ["code_interpreter"] = new JsonObject
                    {
                        ["input"] = code,
                        ["outputs"] = new JsonArray(new JsonObject { ["type"] = "logs", ["logs"] = output }),
                    },
                }
            ),
        }.ToJsonString();

    private static string Function(string arguments, string output) =>
        new JsonObject
        {
            ["type"] = "tool_calls",
            ["tool_calls"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = "call_1",
                    ["type"] = "function",
                    ["function"] = new JsonObject
                    {
                        ["name"] = "f",
                        ["arguments"] = arguments,
                        ["output"] = output,
                    },
                }
            ),
        }.ToJsonString();
}
