using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Tokens;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Conversation;

public sealed class ConversationBuilderTests
{
    private static readonly ConversationBuilder Builder = new(new TokenCounter());
    private static readonly ConversationInput Simple = new()
    {
        Model = "m",
        RunId = "r",
        History = [History.User("x")],
    };

    private static JsonArray CodeInterpreter => [new JsonObject { ["type"] = "code_interpreter" }];

    [Fact]
    public void A_thread_becomes_messages()
    {
        var plan = Builder.Build(
            new ConversationInput
            {
                Model = "m",
                RunId = "r2",
                Instructions = "Be kind.",
                SandboxPrompt = "You have Python.",
                History =
                [
                    History.User("one"),
                    History.User("two", "file-1"),
                    History.Calls("r1", "Let me see", ("a", "1"), ("b", null)),
                    History.Says("r1", "It is 1."),
                    History.Assistant("I also say"),
                    History.User("three"),
                    History.Calls("r2", null, ("c", "3")),
                ],
                AttachedPaths = new Dictionary<string, string>(StringComparer.Ordinal) { ["file-1"] = "sales.csv" },
                Tools = CodeInterpreter,
            }
        );
        Roles(plan)
            .ShouldBe([
                "system",
                "user",
                "user",
                "assistant",
                "tool",
                "tool",
                "assistant",
                "assistant",
                "user",
                "assistant",
                "tool",
            ]);
        var messages = Messages(plan);
        ((string)messages[0]!["content"]!).ShouldBe("Be kind.\n\nYou have Python.");
        ((string)messages[2]!["content"]!).ShouldBe("two\n\n[Attached: /mnt/data/sales.csv]");
        ((string)messages[5]!["content"]!).ShouldBe(HistoryRenderer.UnknownResult);
        ((string)messages[3]!["x_unknown"]!).ShouldBe("kept");
        ((string)plan.Body["tools"]![0]!["function"]!["name"]!).ShouldBe("python");
        plan.Fits.ShouldBeTrue();
    }

    [Fact]
    public void Nothing_is_set_that_the_caller_did_not_set()
    {
        var input = Simple with { ToolChoice = "auto", ResponseFormat = "auto", ParallelToolCalls = true };
        Builder.Build(input).Body.Select(property => property.Key).ShouldBe(["messages"]);
    }

    [Fact]
    public void A_forced_tool_choice_holds_for_the_first_turn_only()
    {
        var forced = new JsonObject { ["type"] = "code_interpreter" };
        var first = Simple with { FirstTurn = true, Tools = CodeInterpreter };
        var later = Simple with { FirstTurn = false, Tools = CodeInterpreter };
        ((string?)Builder.Build(first with { ToolChoice = forced }).Body["tool_choice"]!["function"]!["name"]).ShouldBe(
            "python"
        );
        Builder.Build(later with { ToolChoice = forced }).Body.ContainsKey("tool_choice").ShouldBeFalse();
        ((string?)Builder.Build(first with { ToolChoice = "required" }).Body["tool_choice"]).ShouldBe("required");
        Builder.Build(later with { ToolChoice = "required" }).Body.ContainsKey("tool_choice").ShouldBeFalse();
        ((string?)Builder.Build(later with { ToolChoice = "none" }).Body["tool_choice"]).ShouldBe("none");
    }

    [Fact]
    public void Settings_of_the_caller_are_passed_on()
    {
        var body = Builder
            .Build(
                Simple with
                {
                    Temperature = 0.5,
                    TopP = 0.9,
                    ReasoningEffort = "low",
                    CompletionTokensLeft = 300,
                    ResponseFormat = JsonNode.Parse("""{"type":"json_object"}"""),
                }
            )
            .Body;
        ((double)body["temperature"]!).ShouldBe(0.5);
        ((double)body["top_p"]!).ShouldBe(0.9);
        ((string?)body["reasoning_effort"]).ShouldBe("low");
        ((long)body["max_completion_tokens"]!).ShouldBe(300);
        ((string?)body["response_format"]!["type"]).ShouldBe("json_object");
    }

    [Fact]
    public void Pictures_go_into_messages_of_users_only()
    {
        var picture = JsonNode.Parse("""{"type":"image_file","image_file":{"file_id":"file-p","detail":"low"}}""")!;
        var large = JsonNode.Parse("""{"type":"image_file","image_file":{"file_id":"file-l"}}""")!;
        var linked = JsonNode.Parse("""{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}""")!;
        var plan = Builder.Build(
            Simple with
            {
                History =
                [
                    new ClientMessage("user", [picture, large, linked, History.Text("look")], []),
                    new ClientMessage("assistant", [picture.DeepClone(), History.Text("nice")], []),
                ],
                Pictures = new Dictionary<string, Picture>(StringComparer.Ordinal)
                {
                    ["file-p"] = new("p.png", 3, "data:image/png;base64,AAAA"),
                    ["file-l"] = new("l.png", 99, null, "it is too large"),
                },
            }
        );
        var parts = Messages(plan)[0]!["content"]!.AsArray();
        ((string?)parts[0]!["image_url"]!["url"]).ShouldBe("data:image/png;base64,AAAA");
        ((string?)parts[0]!["image_url"]!["detail"]).ShouldBe("low");
        ((string?)parts[1]!["text"])!.ShouldContain("l.png");
        ((string?)parts[2]!["image_url"]!["url"]).ShouldBe("https://example.com/a.png");
        ((string?)Messages(plan)[1]!["content"])!.ShouldContain("file-p");
    }

    [Fact]
    public void A_deleted_message_leaves_and_its_calls_stay()
    {
        var plan = Builder.Build(
            Simple with
            {
                History =
                [
                    History.User("x"),
                    History.Calls("r1", "secret", ("a", "1")) with
                    {
                        TextDeleted = true,
                    },
                    History.Says("r1", "secret") with
                    {
                        TextDeleted = true,
                    },
                    History.User("y"),
                ],
            }
        );
        plan.Body.ToJsonString().ShouldNotContain("secret");
        Roles(plan).ShouldBe(["user", "assistant", "tool", "user"]);
    }

    private static JsonArray Messages(ConversationPlan plan) => plan.Body["messages"]!.AsArray();

    private static List<string> Roles(ConversationPlan plan) =>
        [.. Messages(plan).Select(message => (string)message!["role"]!)];
}
