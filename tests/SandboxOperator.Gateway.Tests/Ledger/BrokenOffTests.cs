using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Ledger;

/// <summary>Upstreams charge for an answer that nobody read to its end.</summary>
public sealed class BrokenOffTests
{
    private static readonly string[] Prices =
    [
        "Prices:Models:scripted-model:Input=1",
        "Prices:Models:scripted-model:Output=1000",
    ];

    private static ScriptedTurn Hanging =>
        new()
        {
            Text = "One two three four.",
            Fault = new ScriptedFault { HangAfter = 4 },
        };

    [Fact]
    public async Task An_answer_that_the_upstream_cuts_is_charged_as_counted_here()
    {
        await using var fixture = await RunFixture.StartAsync(settings: Prices);
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Text = "One two three four.",
                Fault = new ScriptedFault { CutAfter = 4, Times = 0 },
            }
        );

        var run = await fixture.CompleteAsync(await fixture.ThreadAsync(), await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("failed");
        var use = (await UsesAsync(fixture)).ShouldHaveSingleItem();
        use.Estimated.ShouldBeTrue();
        use.Input.ShouldBeGreaterThan(0);
        use.Output.ShouldBeInRange(1, 8);
        ((long)run["usage"]!["prompt_tokens"]!).ShouldBe(use.Input);
        ((long)run["usage"]!["completion_tokens"]!).ShouldBe(use.Output);
        var dollars = (use.Input + (use.Output * 1000)) / 1_000_000m;
        ((decimal)run["sandbox"]!["token_cost"]!).ShouldBe(dollars);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(dollars);
    }

    [Fact]
    public async Task A_cancelled_answer_is_charged_after_the_turns_before_it()
    {
        await using var fixture = await RunFixture.StartAsync(settings: Prices);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print 1"), Hanging);
        var (thread, id) = await StartAnsweringAsync(fixture);

        await fixture.Gateway.PostAsync($"/v1/threads/{thread}/runs/{id}/cancel");

        var run = await fixture.EndedAsync(thread, id);
        ((string?)run["status"]).ShouldBe("cancelled");
        var uses = await UsesAsync(fixture);
        uses.Select(use => (use.Turn, use.Estimated)).ShouldBe([(0, false), (1, true)]);
        uses[1].Input.ShouldBeGreaterThan(0);
        uses[1].Output.ShouldBeGreaterThan(0);
        ((long)run["usage"]!["completion_tokens"]!).ShouldBe(uses.Sum(use => use.Output));
    }

    [Fact]
    public async Task What_a_gateway_was_reading_when_it_ended_is_charged_once_when_the_next_has_asked_again()
    {
        await using var fixture = await RunFixture.StartAsync(settings: Prices);
        fixture.Upstream.Enqueue(Hanging);
        var (thread, id) = await StartAnsweringAsync(fixture);

        fixture.Upstream.Enqueue(ScriptedTurn.Say("Five."));
        await fixture.Gateway.DisposeAsync();
        await fixture.StartGatewayAsync();

        ((string?)(await fixture.EndedAsync(thread, id))["status"]).ShouldBe("completed");
        (await UsesAsync(fixture)).ShouldHaveSingleItem().Estimated.ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_upstream_refuses_costs_nothing()
    {
        await using var fixture = await RunFixture.StartAsync(settings: Prices);
        fixture.Upstream.Enqueue([
            .. Enumerable.Repeat(
                new ScriptedTurn
                {
                    Fault = new ScriptedFault { Status = 500, Times = 0 },
                },
                10
            ),
        ]);

        var run = await fixture.CompleteAsync(await fixture.ThreadAsync(), await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("failed");
        (await UsesAsync(fixture)).ShouldBeEmpty();
        ((decimal)run["sandbox"]!["token_cost"]!).ShouldBe(0);
    }

    /// <summary>Starts a run and waits until some of its answer was heard.</summary>
    private static async Task<(string Thread, string Run)> StartAnsweringAsync(RunFixture fixture)
    {
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync();
        await using var stream = await EventStream.OpenAsync(
            fixture.Gateway,
            $"/v1/threads/{thread}/runs",
            $$"""{"assistant_id":"{{assistant}}","stream":true}"""
        );
        var run = (string)(await stream.UntilAsync("thread.run.created")).Data!["id"]!;
        await stream.UntilAsync("thread.message.delta");
        return (thread, run);
    }

    private static Task<List<TokenUseEntity>> UsesAsync(RunFixture fixture) =>
        fixture.Gateway.Store.ReadAsync(
            (context, cancellation) => context.TokenUses.OrderBy(use => use.Turn).ToListAsync(cancellation),
            CancellationToken.None
        );
}
