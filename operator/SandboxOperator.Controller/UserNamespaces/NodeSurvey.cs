using k8s.Models;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.UserNamespaces;

/// <summary>
/// Asks the nodes whether they have user namespaces, for all runtimes at once and every few minutes. A watch would tell
/// of every heartbeat of thousands of nodes, and a cache would keep them: here a page is counted and forgotten, and
/// reading ends as soon as no further node changes an answer, on old clusters after the first page.
/// </summary>
[EntityRbac(
    typeof(V1Node),
    Verbs = RbacVerbs.List,
    Role = RbacRole.Controller,
    Reason = "Finds out whether pods can have user namespaces."
)]
[EntityRbac(
    typeof(V1RuntimeClass),
    Verbs = RbacVerbs.Get,
    Role = RbacRole.Controller,
    Reason = "Knows by which handler of its node a runtime's pods are run."
)]
internal sealed partial class NodeSurvey(
    IKubeClient client,
    IResourceCache<SandboxRuntime> runtimes,
    TimeProvider time,
    ILogger<NodeSurvey> logger
) : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_periodOfFailures = TimeSpan.FromSeconds(30);

    // Nodes are large, with all the images that they have: a few megabytes a page.
    private const int PageSize = 100;

    // Runtimes come back at almost the same time: whoever comes first asks for all.
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1);
    private Dictionary<NodeDemand, NodeAnswer> _answers = [];
    private DateTimeOffset _goodUntil;

    /// <summary>After how long to ask again; null for never.</summary>
    public static TimeSpan? AskAgain(NodeAnswer? answer) =>
        answer?.Kind switch
        {
            null => null,
            NodeAnswerKind.Unread => s_periodOfFailures,
            _ => s_period,
        };

    /// <summary>What the nodes say to a runtime; all runtimes that ask within some minutes get the same answer.</summary>
    public async Task<NodeAnswer> AskAsync(SandboxRuntimeSpec spec, CancellationToken token)
    {
        var demand = NodeDemand.Of(spec);
        await _one.WaitAsync(token);
        try
        {
            if (time.GetUtcNow() < _goodUntil && _answers.TryGetValue(demand, out var known))
            {
                return known;
            }

            var demands = Demands(spec);
            var (answers, pause) = await TryReadAsync(demands, token);
            (_answers, _goodUntil) = (answers, time.GetUtcNow() + pause - s_slack);
            return answers[demand];
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>What runtimes ask for that want to know, and one more.</summary>
    private Dictionary<NodeDemand, SandboxRuntimeSpec> Demands(SandboxRuntimeSpec one)
    {
        var demands = new Dictionary<NodeDemand, SandboxRuntimeSpec> { [NodeDemand.Of(one)] = one };
        foreach (var runtime in runtimes.List())
        {
            if (runtime.Spec.Isolation.UserNamespace != UserNamespaceSettings.Off)
            {
                demands.TryAdd(NodeDemand.Of(runtime.Spec), runtime.Spec);
            }
        }

        return demands;
    }

    private async Task<(Dictionary<NodeDemand, NodeAnswer> Answers, TimeSpan Pause)> TryReadAsync(
        Dictionary<NodeDemand, SandboxRuntimeSpec> demands,
        CancellationToken token
    )
    {
        try
        {
            return (await ReadAsync(demands, token), s_period);
        }
        catch (KubeException problem)
        {
            Log.Unread(logger, problem.Message);
            var answer = new NodeAnswer(NodeAnswerKind.Unread, $"The nodes could not be read: {Words.Of(problem)}");
            return (demands.ToDictionary(each => each.Key, _ => answer), s_periodOfFailures);
        }
    }

    private async Task<Dictionary<NodeDemand, NodeAnswer>> ReadAsync(
        Dictionary<NodeDemand, SandboxRuntimeSpec> demands,
        CancellationToken token
    )
    {
        var answers = new Dictionary<NodeDemand, NodeAnswer>();
        var tallies = new Dictionary<NodeDemand, NodeTally>();
        foreach (var (demand, spec) in demands)
        {
            var name = spec.Isolation.RuntimeClassName;
            var found = name is null ? null : await client.GetAsync<V1RuntimeClass>(new ObjectKey(null, name), token);
            if (name is not null && found is null)
            {
                answers[demand] = new NodeAnswer(NodeAnswerKind.Unread, $"There is no RuntimeClass '{name}'.");
            }
            else
            {
                tallies[demand] = new NodeTally(NodePlacement.Of(spec, found));
            }
        }

        string? unreadable = null;
        string? next = null;
        do
        {
            var page = await client.ListAsync<V1Node>(new ListQuery(), PageSize, next, token);
            foreach (var node in page.Items)
            {
                foreach (var tally in tallies.Values)
                {
                    tally.Count(node);
                }
            }

            unreadable ??= page.Unreadable is [var first, ..] ? first : null;
            next = page.Continue;
        } while (next is not null && tallies.Values.Any(tally => !tally.IsDecided));

        foreach (var (demand, tally) in tallies)
        {
            answers[demand] =
                unreadable is null || tally.IsDecided
                    ? tally.Answer
                    : new NodeAnswer(NodeAnswerKind.Unread, $"The node {unreadable} could not be read.");
        }

        return answers;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "Whether pods can have user namespaces is unknown, because nodes or RuntimeClasses could not be read: {Problem}"
        )]
        public static partial void Unread(ILogger logger, string problem);
    }
}
