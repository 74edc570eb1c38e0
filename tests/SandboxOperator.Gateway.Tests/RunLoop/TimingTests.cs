using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>What the store keeps of a run for who wants to see where its time went.</summary>
public sealed class TimingTests
{
    [Fact]
    public async Task Turns_and_calls_say_when_they_began_and_what_they_made()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("print 42\nshow\nwrite out.csv a,b\nwrite other.txt abc", "Let me see."),
            ScriptedTurn.Python("value 1"),
            ScriptedTurn.Say("See [out](sandbox:/mnt/data/out.csv).")
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var turns = await fixture.Gateway.Store.ReadAsync(
            (context, cancellation) => context.Turns.OrderBy(turn => turn.Seq).ToListAsync(cancellation),
            default
        );
        turns.Count.ShouldBe(3);
        turns.ShouldAllBe(turn => turn.StartedAtMs <= turn.FirstTokenAtMs && turn.FirstTokenAtMs <= turn.CreatedAtMs);
        turns.ShouldAllBe(turn => turn.Model == "scripted-model");

        var calls = await fixture.Gateway.Store.ReadAsync(
            (context, cancellation) => context.Calls.OrderBy(call => call.Seq).ToListAsync(cancellation),
            default
        );
        calls.Select(call => call.TurnIndex).ShouldBe([0, 1]);
        calls.ShouldAllBe(call => call.Launch == "warm" && call.ClaimMs >= 0 && call.ConnectMs == 4);
        calls.ShouldAllBe(call => call.FirstOutputMs >= 0 && call.FirstOutputMs <= call.EndedAtMs - call.CreatedAtMs);
        calls[1].Files.ShouldBe("[]");
        var files = JsonNode.Parse(calls[0].Files)!.AsArray();
        files.Count.ShouldBe(3);
        ((string?)files[0]!["name"]).ShouldEndWith(".png");
        var picture = await fixture.Gateway.GetAsync($"/v1/files/{files[0]!["id"]}");
        ((long)picture["bytes"]!).ShouldBe((long)files[0]!["bytes"]!);
        ((string?)files[1]!["name"], (long)files[1]!["bytes"]!).ShouldBe(("out.csv", 3));
        ((string?)(await fixture.Gateway.GetAsync($"/v1/files/{files[1]!["id"]}"))["filename"]).ShouldBe(
            "/mnt/data/out.csv"
        );
        ((string?)files[2]!["name"], (string?)files[2]!["id"]).ShouldBe(("other.txt", null));
    }
}
