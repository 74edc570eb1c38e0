using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Store.Entities;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Conversation;

public sealed class ThreadHistoryTests
{
    [Fact]
    public void Turns_stand_behind_the_message_their_run_was_made_after()
    {
        MessageEntity[] messages =
        [
            Message(1, "m1", "user", null),
            Message(2, "m2", "assistant", "r1"),
            Message(3, "m3", "user", null),
        ];
        RunEntity[] runs = [Run("r1", after: 1), Run("r2", after: 3)];
        TurnEntity[] turns = [Turn(1, "r1", null), Turn(2, "r1", "m2"), Turn(3, "r2", null), Turn(4, "r2", "gone")];
        ToolResultEntity[] results = [Result(1, "a", "1"), Result(3, "a", "other")];

        var history = ThreadHistory.From(messages, runs, turns, results);

        history
            .Select(item => item is RunTurn turn ? turn.RunId : ((ClientMessage)item).Role)
            .ShouldBe(["user", "r1", "r1", "user", "r2", "r2"]);
        ((RunTurn)history[1]).Results["a"].ShouldBe("1");
        ((RunTurn)history[2]).TextDeleted.ShouldBeFalse();
        ((RunTurn)history[5]).TextDeleted.ShouldBeTrue();
    }

    private static MessageEntity Message(long seq, string id, string role, string? run) =>
        new()
        {
            Seq = seq,
            Id = id,
            Project = "p",
            ThreadId = "t",
            Role = role,
            RunId = run,
        };

    private static RunEntity Run(string id, long after) =>
        new()
        {
            Id = id,
            Project = "p",
            ThreadId = "t",
            AssistantId = "a",
            Model = "m",
            AfterMessageSeq = after,
        };

    private static TurnEntity Turn(long seq, string run, string? message) =>
        new()
        {
            Seq = seq,
            ThreadId = "t",
            RunId = run,
            Message = "{}",
            FinishReason = "stop",
            Usage = "{}",
            MessageId = message,
        };

    private static ToolResultEntity Result(long turn, string id, string content) =>
        new()
        {
            ThreadId = "t",
            RunId = "r",
            TurnSeq = turn,
            ToolCallId = id,
            Content = content,
        };
}
