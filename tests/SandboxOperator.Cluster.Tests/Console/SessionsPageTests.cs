using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Cluster.Tests.Luck;
using SandboxOperator.Cluster.Tests.Monitoring;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Console;

/// <summary>What the console of a gateway shows of a real cluster.</summary>
[Collection(ObservedCollection.Name)]
public sealed class SessionsPageTests(ObservedProduct product)
{
    [Fact]
    public async Task Sessions_and_pools_are_shown_with_all_that_the_cluster_says_of_them()
    {
        product.Model.When("^show$", ScriptedTurn.Python("print(1)"), ScriptedTurn.Say("Done."));
        var thread = await Conversation.BeginAsync(product.Gateway);
        await thread.AnswerAsync("show");
        await product.CreatePoolAsync("shown");

        await ShownAsync(async rows =>
        {
            var session = await product.SessionAsync(thread.Thread);
            session.Status!.Conditions!.Count.ShouldBeGreaterThanOrEqualTo(3);
            return Row(rows, session.Metadata.Name).Contains(" running ", StringComparison.Ordinal)
                && Says(rows, session.Metadata.Name, session.Status.Conditions!);
        });
        await ShownAsync(async rows =>
        {
            var pool = await product.Space.Client.GetAsync<SandboxPool>(
                product.Space.Key("shown"),
                CancellationToken.None
            );
            return rows.Contains($"shown {ObservedProduct.Runtime} 1 1")
                && Says(rows, "shown", pool!.Status!.Conditions!);
        });
        await product.DeletePoolAsync("shown");
    }

    [Fact]
    public async Task What_others_wrote_into_the_cluster_is_shown_as_text()
    {
        // 1. The API server takes such a project, and whoever may write a status says what they like.
        const string Project = "<img src=x onerror=alert(1)>\\\"'";
        var yaml = $$"""
            apiVersion: {{ResourceGroup.Name}}/{{ResourceGroup.Version}}
            kind: SandboxSession
            metadata: { name: by-hand, namespace: {{product.Space.Name}} }
            spec: { project: "{{Project}}", runtimeRef: { name: not-there } }
            """;
        await Kubectl.ApplyAsync(yaml);
        (
            await Kubectl.TryAsync(
                yaml.Replace("spec: {", "spec: { threadId: \"<b>x\",", StringComparison.Ordinal),
                "apply",
                "--filename=-"
            )
        ).Status.ShouldNotBe(0);
        var key = product.Space.Key("by-hand");
        var session = await Eventually.FindAsync<SandboxSession>(
            key,
            found => found.Status?.Conditions.Find(ConditionTypes.Ready)?.Reason == ConditionReasons.RuntimeNotFound,
            "says that there is no such runtime"
        );
        var foreign = new Condition
        {
            Type = "<u>Foreign</u>",
            Status = ConditionStatus.Unknown,
            Reason = "Somebody",
            Message = "</td><script>alert(2)</script> \u202Eexe.txt " + new string('x', 5000),
            LastTransitionTime = DateTimeOffset.UnixEpoch,
        };
        await product.Space.Client.PatchAsync<SandboxSession>(
            key,
            new V1Patch(
                new { status = new { conditions = session.Status!.Conditions!.Append(foreign) } },
                V1Patch.PatchType.MergePatch
            ),
            TestCluster.FieldManager,
            "status",
            CancellationToken.None
        );

        // 2. The page says it, and nothing of it is markup.
        await ShownAsync(rows =>
            Task.FromResult(
                Row(rows, "by-hand").Contains("<img src=x onerror=alert(1)>\"'", StringComparison.Ordinal)
                    && Row(rows, "by-hand").Contains(" failed ", StringComparison.Ordinal)
                    && Says(rows, "by-hand", session.Status!.Conditions!)
                    && Below(rows, "by-hand")
                        .Contains(
                            "<u>Foreign</u> Unknown Somebody </td><script>alert(2)</script> ⟨U+202E⟩exe.txt xxx",
                            StringComparison.Ordinal
                        )
            )
        );
        var page = await product.Gateway.PageAsync("sessions");
        foreach (var markup in (string[])["<img src=x", "<script>alert", "<u>", "\u202E", new string('x', 1000)])
        {
            page.ShouldNotContain(markup, Case.Sensitive);
        }

        // 3. It is ended like any other.
        await product.Space.Client.DeleteAsync<SandboxSession>(key, null, CancellationToken.None);
        await ShownAsync(rows => Task.FromResult(!rows.Any(row => row.Contains("by-hand", StringComparison.Ordinal))));
    }

    /// <summary>Waits until the page shows it: the gateway hears of changes a moment after they are made.</summary>
    private async Task ShownAsync(Func<IReadOnlyList<string>, Task<bool>> condition)
    {
        IReadOnlyList<string> rows = [];
        await Eventually.TrueAsync(
            async () => await condition(rows = ShownRow.Of(await product.Gateway.PageAsync("sessions"))),
            () => $"the page shows it; its rows are:\n{string.Join('\n', rows)}\n",
            product.Space.Name
        );
    }

    /// <summary>Whether the row below an object's says all of its conditions.</summary>
    private static bool Says(IReadOnlyList<string> rows, string name, IEnumerable<Condition> conditions) =>
        conditions.All(each =>
            Below(rows, name)
                .Contains($"{each.Type} {each.Status} {each.Reason} {each.Message}".Trim(), StringComparison.Ordinal)
        );

    private static string Row(IReadOnlyList<string> rows, string name) =>
        rows.FirstOrDefault(row => row.StartsWith($"{name} ", StringComparison.Ordinal)) ?? "";

    private static string Below(IReadOnlyList<string> rows, string name) =>
        rows.SkipWhile(row => !row.StartsWith($"{name} ", StringComparison.Ordinal)).Skip(1).FirstOrDefault() ?? "";
}
