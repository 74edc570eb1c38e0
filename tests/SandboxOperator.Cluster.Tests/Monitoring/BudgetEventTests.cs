using System.Text.Json.Nodes;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Cluster.Tests.Luck;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Monitoring;

/// <summary>What people read who type <c>kubectl get events</c>.</summary>
[Collection(ObservedCollection.Name)]
public sealed class BudgetEventTests(ObservedProduct product)
{
    [Fact]
    public async Task A_budget_that_nears_its_end_is_an_event_of_the_session_that_brought_it_there()
    {
        product.Model.When("^spend$", ScriptedTurn.Python("print(1)"), ScriptedTurn.Say("Done."));
        await using var gateway = await product.StartGatewayAsync(
            "Budgets:0:Project=*",
            "Budgets:0:Period=month",
            "Budgets:0:Dollars=0.06",
            "Budgets:0:WarnAt=0.5"
        );
        var (near, spent, refused) = (
            await Conversation.BeginAsync(gateway),
            await Conversation.BeginAsync(gateway),
            await Conversation.BeginAsync(gateway)
        );

        await near.AnswerAsync("spend");
        await EventAsync(near, "BudgetNear", "50 %");
        await spent.AnswerAsync("spend");
        await EventAsync(spent, "BudgetSpent", "$0.06 a month");

        // What comes after is refused, and no news.
        var refusal = await Record.ExceptionAsync(() => refused.SayAsync("spend"));
        refusal.ShouldNotBeNull().Message.ShouldContain("insufficient_quota");
        var events = await EventsAsync();
        events.Count.ShouldBe(2);
        events.ShouldAllBe(each => (int)each["count"]! == 1);
    }

    private async Task EventAsync(Conversation thread, string reason, string words)
    {
        var session = await product.SessionAsync(thread.Thread);
        IReadOnlyList<JsonNode> events = [];
        await Eventually.TrueAsync(
            async () => (events = await EventsAsync()).Any(each => (string?)each["reason"] == reason),
            () => $"there is an event {reason}",
            product.Space.Name
        );
        var found = events.Single(each => (string?)each["reason"] == reason);
        ((string?)found["type"]).ShouldBe("Warning");
        ((string)found["message"]!).ShouldContain(words);
        ((string?)found["source"]!["component"]).ShouldBe("sandbox-gateway");
        ((string?)found["involvedObject"]!["kind"]).ShouldBe("SandboxSession");
        ((string?)found["involvedObject"]!["uid"]).ShouldBe(session.Metadata.Uid);
    }

    private async Task<IReadOnlyList<JsonNode>> EventsAsync()
    {
        var list = await Kubectl.RunAsync("--namespace", product.Space.Name, "get", "events", "--output=json");
        return
        [
            .. JsonNode.Parse(list)!["items"]!
                .AsArray()
                .OfType<JsonNode>()
                .Where(each => ((string)each["reason"]!).StartsWith("Budget", StringComparison.Ordinal)),
        ];
    }
}
