using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Tokens;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Conversation;

public sealed class TruncationTests
{
    private static readonly ConversationBuilder Builder = new(new TokenCounter());

    [Fact]
    public void Code_of_earlier_runs_goes_first_then_the_oldest_messages()
    {
        var input = new ConversationInput
        {
            Model = "m",
            RunId = "r2",
            History =
            [
                History.User("first question"),
                History.Calls("r1", "I look", ("a", Numbers(3000))),
                History.Says("r1", "first answer"),
                History.User("second question"),
            ],
            ContextWindow = 3000,
        };
        Roles(Builder.Build(input)).ShouldBe(["user", "assistant", "assistant", "user"]);

        var tight = Builder.Build(input with { History = [History.User(Numbers(3000)), .. input.History] });
        Roles(tight).ShouldBe(["user", "assistant", "assistant", "user"]);
        tight.CanShrink.ShouldBeTrue();
    }

    [Fact]
    public void Last_messages_keeps_so_many_and_the_current_run()
    {
        var plan = Builder.Build(
            new ConversationInput
            {
                Model = "m",
                RunId = "r2",
                LastMessages = 2,
                History =
                [
                    History.User("1"),
                    History.Calls("r1", null, ("a", "1")),
                    History.Says("r1", "2"),
                    History.User("3"),
                    History.Calls("r2", null, ("c", "3")),
                ],
            }
        );
        Roles(plan).ShouldBe(["assistant", "user", "assistant", "tool"]);
    }

    [Fact]
    public void What_cannot_fit_the_runs_prompt_tokens_says_so()
    {
        var plan = Builder.Build(
            new ConversationInput
            {
                Model = "m",
                RunId = "r",
                PromptTokensLeft = 100,
                History = [History.User(Numbers(1000))],
            }
        );
        plan.Fits.ShouldBeFalse();
        plan.CanShrink.ShouldBeFalse();
    }

    [Fact]
    public void Each_context_failure_sends_less()
    {
        var input = new ConversationInput
        {
            Model = "m",
            RunId = "r9",
            History = [.. Enumerable.Range(0, 40).Select(i => History.User($"message {i} with some words"))],
        };
        var sizes = Enumerable
            .Range(0, 5)
            .Select(i => Builder.Build(input with { ContextLengthFailures = i }).PromptTokens)
            .ToList();
        sizes.ShouldBe(sizes.Distinct().OrderDescending());
    }

    [Property(MaxTest = 300)]
    public Property Any_history_in_any_window_is_legal(NonNull<byte[]> shape, byte window, byte failures)
    {
        var history = shape.Get.Select((kind, i) => Item(kind % 6, i, shape.Get.Length)).ToList();
        history.Add(History.User("the last question"));
        var plan = Builder.Build(
            new ConversationInput
            {
                Model = "m",
                RunId = "now",
                History = history,
                ContextWindow = (window + 1) * 10,
                ContextLengthFailures = failures % 4,
                LastMessages = window % 3 == 0 ? window + 1 : null,
                Tools = [new JsonObject { ["type"] = "code_interpreter" }],
            }
        );
        var request = plan.Body.DeepClone().AsObject();
        request["model"] = "m";
        var problem = ChatValidator.Check(request);
        var text = plan.Body.ToJsonString();
        return (problem is null).Label(problem ?? "").And(text.Contains("the last question", StringComparison.Ordinal));
    }

    private static HistoryItem Item(int kind, int i, int count)
    {
        var run = i > count / 2 ? "now" : $"r{i / 3}";
        return kind switch
        {
            0 => History.User($"question {i}"),
            1 => History.Assistant($"remark {i}"),
            2 => History.Says(run, $"answer {i}"),
            3 => History.Calls(run, null, ($"c{i}", "out"), ($"d{i}", null)),
            4 => History.Calls(run, "see", ($"c{i}", Numbers(50))) with { TextDeleted = i % 2 == 0 },
            _ => History.Says(run, "") with { TextDeleted = true },
        };
    }

    private static string Numbers(int count) => string.Join(' ', Enumerable.Range(0, count));

    private static List<string> Roles(ConversationPlan plan) =>
        [.. plan.Body["messages"]!.AsArray().Select(message => (string)message!["role"]!)];
}
