using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Sqlite;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Ledger;

/// <summary>Gateways that are killed at any of their writes charge each session once, and count each turn once.</summary>
public sealed class LedgerCrashTests
{
    private const string Again = ""","additional_messages":[{"role":"user","content":"go"}]""";

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_anywhere_each_session_is_charged_once_and_each_turn_counted_once(int seed)
    {
        // Not for secrets: the same sequence each time.
        var random = new Random(seed);
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var fixture = await RunFixture.StartAsync(
            time,
            "Runs:PollSeconds=25",
            "Prices:Models:*:Input=1",
            "Prices:Models:*:Output=3"
        );
        fixture.Sandboxes.Clock = time;
        fixture.Upstream.When(
            "^go",
            ScriptedTurn.Python("print 1"),
            ScriptedTurn.Python("print 2"),
            ScriptedTurn.Say("Done.")
        );
        var assistant = await fixture.AssistantAsync();
        string[] threads = [await fixture.ThreadAsync(), await fixture.ThreadAsync()];
        await RestartAsync();
        var (turns, tokens) = (0, 0m);
        for (var round = 0; round < 12; round++)
        {
            time.Advance(TimeSpan.FromMinutes(random.Next(0, 50)));
            var thread = threads[random.Next(threads.Length)];
            var run = (string)(await fixture.RunAsync(thread, assistant, Again))["id"]!;
            var store = (CrashingStore)fixture.Gateway.Store;
            store.CrashAt(random.Next(1, 8), random.Next(2) == 0);
            await Task.WhenAny(store.Crashed.Task, fixture.EndedAsync(thread, run));
            await RestartAsync();
            var ended = await fixture.EndedAsync(thread, run);
            ((string?)ended["status"]).ShouldBe("completed", $"round {round}");
            turns += 3;
            tokens += (decimal)ended["sandbox"]!["token_cost"]!;
            var usage = ended["usage"]!;
            ((decimal)ended["sandbox"]!["token_cost"]!).ShouldBe(
                ((decimal)usage["prompt_tokens"]! + (3 * (decimal)usage["completion_tokens"]!)) / 1_000_000m
            );
        }

        var sessions = fixture.Sandboxes.EverOpened;
        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(sessions);
        (await Bill.ResultsAsync(fixture.Gateway, "usage/completions"))
            .Sum(used => (long)used["num_model_requests"]!)
            .ShouldBe(turns);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe((sessions * 0.03m) + tokens);
        var entries = await fixture.Gateway.Store.ReadAsync(
            (context, token) => context.SessionCharges.ToListAsync(token),
            CancellationToken.None
        );
        entries.Select(entry => (entry.ThreadId, entry.Ordinal)).ShouldBeUnique();

        async Task RestartAsync()
        {
            await fixture.Gateway.DisposeAsync();
            await fixture.StartGatewayAsync(builder =>
                builder.Services.AddSingleton<IStore>(provider => new CrashingStore(
                    provider.GetRequiredService<SqliteStore>()
                ))
            );
        }
    }
}
