using System.Text.Json.Nodes;
using SandboxOperator.Gateway.BuiltIn;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Tests.Conversation;
using SandboxOperator.Gateway.Tokens;
using SandboxOperator.Gateway.Upstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.BuiltIn;

public sealed class PythonModelClientTests
{
    private static readonly TokenCounter Counter = new();
    private readonly List<HistoryItem> _history = [];

    [Fact]
    public async Task Blocks_run_one_after_another_and_the_answer_shows_what_came_out()
    {
        _history.Add(History.User("Do this:\n```python\nprint('é 🎉')\n```\nand\n```py\nopen('a b.csv', 'w')\n```\n"));
        (await AskAsync("é 🎉\n")).ShouldBe("print('é 🎉')");
        (await AskAsync("[Files written in /mnt/data: a b.csv (12 bytes); s/c.txt (3.5 KiB)]")).ShouldBe(
            "open('a b.csv', 'w')"
        );
        var answer = await AnswerAsync();
        answer.ShouldContain("```\né 🎉\n```");
        answer.ShouldContain("[a b.csv](sandbox:/mnt/data/a%20b.csv)");
        AnswerLinks.Find(answer).Select(link => link.Path).ShouldBe(["a b.csv", "s/c.txt"]);
    }

    [Theory]
    [InlineData("---\nKeyError   Traceback (most recent call last)\nKeyError: 'x'")]
    [InlineData("  Cell In[1], line 1\n    x x\n      ^\nSyntaxError: invalid syntax")]
    public async Task A_block_that_fails_is_the_last(string output)
    {
        _history.Add(History.User("```python\nx\n```\n```python\ny\n```"));
        (await AskAsync(output)).ShouldBe("x");
        (await AnswerAsync()).ShouldContain("were not run");
    }

    [Fact]
    public async Task A_message_without_code_gets_help()
    {
        _history.Add(History.User("What is the mean?"));
        (await AnswerAsync()).ShouldContain("```python");
    }

    [Fact]
    public async Task A_message_with_a_file_and_no_code_gets_help_with_the_file()
    {
        _history.Add(History.User("What is the mean?", "file-1"));
        (await AnswerAsync()).ShouldContain("open(\"/mnt/data/sales.csv\")");
    }

    [Fact]
    public async Task An_open_block_ends_before_the_note_of_attachments()
    {
        _history.Add(History.User("```python\nprint(1)", "file-1"));
        (await AskAsync("1")).Trim().ShouldBe("print(1)");
    }

    [Fact]
    public async Task Without_the_tool_it_says_what_is_missing()
    {
        _history.Add(History.User("```python\nprint(1)\n```"));
        var turn = (ModelTurn)(await EventsAsync(tools: []))[^1];
        ((string)turn.Message["content"]!).ShouldContain("code_interpreter");
    }

    [Theory]
    [InlineData("```js\nx\n```", 0)]
    [InlineData("```\nx\n```", 1)]
    [InlineData("~~~python3\n```\n~~~", 1)]
    [InlineData("````python\n```\n````", 1)]
    [InlineData("```python\n\n```", 0)]
    [InlineData("no block", 0)]
    public void Blocks_are_found(string text, int count) => PythonBlocks.Find(text).Count.ShouldBe(count);

    /// <summary>Expects a call, gives its code, and adds its result to the history.</summary>
    private async Task<string> AskAsync(string result)
    {
        var events = await EventsAsync();
        var turn = events[^1].ShouldBeOfType<ModelTurn>();
        turn.FinishReason.ShouldBe("tool_calls");
        var id = (string)turn.Message["tool_calls"]![0]!["id"]!;
        _history.Add(
            new RunTurn("r", turn.Message, new Dictionary<string, string>(StringComparer.Ordinal) { [id] = result })
        );
        return PythonArgumentsDecoder.Decode(
            string.Concat(events.OfType<ModelToolCallDelta>().Select(delta => delta.Arguments))
        );
    }

    private async Task<string> AnswerAsync()
    {
        var events = await EventsAsync();
        var turn = events[^1].ShouldBeOfType<ModelTurn>();
        turn.FinishReason.ShouldBe("stop");
        var text = string.Concat(events.OfType<ModelTextDelta>().Select(delta => delta.Text));
        text.ShouldBe((string?)turn.Message["content"]);
        return text;
    }

    private async Task<List<ModelEvent>> EventsAsync(JsonArray? tools = null)
    {
        var plan = new ConversationBuilder(Counter).Build(
            new ConversationInput
            {
                Model = PythonModel.Name,
                RunId = "r",
                History = _history,
                AttachedPaths = new Dictionary<string, string>(StringComparer.Ordinal) { ["file-1"] = "sales.csv" },
                Tools = tools ?? [new JsonObject { ["type"] = "code_interpreter" }],
            }
        );
        var request = new ModelRequest(PythonModel.Name, plan.Body, DateTimeOffset.MaxValue);
        return await new PythonModelClient(Counter).StreamAsync(request, CancellationToken.None).ToListAsync();
    }
}
