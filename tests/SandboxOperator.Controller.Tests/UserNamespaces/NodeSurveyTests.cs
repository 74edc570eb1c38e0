using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.UserNamespaces;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Controller.Tests.UserNamespaces;

public sealed class NodeSurveyTests : IDisposable
{
    private static readonly SandboxRuntimeSpec Plain = new();
    private readonly IKubeClient _client = Substitute.For<IKubeClient>();
    private readonly ResourceStore<SandboxRuntime> _runtimes = new();
    private readonly FakeTimeProvider _time = new();
    private readonly NodeSurvey _survey;
    private int _pages;

    public NodeSurveyTests() => _survey = new NodeSurvey(_client, _runtimes, _time, NullLogger<NodeSurvey>.Instance);

    public void Dispose() => _survey.Dispose();

    [Fact]
    public async Task Runtimes_that_ask_within_minutes_read_the_nodes_once_and_later_again()
    {
        _runtimes.Replace([Runtime("one", Plain), Runtime("two", Selecting("b"))], "1");
        Serve([TestNodes.Node("a", "").With("pool", "a")], [TestNodes.Node("b", "").With("pool", "b")]);
        (await AskAsync(Plain)).Kind.ShouldBe(NodeAnswerKind.AllReport);
        (await AskAsync(Selecting("b"))).Kind.ShouldBe(NodeAnswerKind.AllReport);
        _pages.ShouldBe(2);

        Serve([TestNodes.OldNode("a")]);
        _time.Advance(TimeSpan.FromMinutes(4));
        (await AskAsync(Plain)).Kind.ShouldBe(NodeAnswerKind.AllReport);
        _time.Advance(TimeSpan.FromMinutes(1));
        (await AskAsync(Plain)).Kind.ShouldBe(NodeAnswerKind.OneDoesNot);
        (await AskAsync(Selecting("b"))).Kind.ShouldBe(NodeAnswerKind.NoNode);
        _pages.ShouldBe(1);
    }

    [Fact]
    public async Task A_runtime_that_nobody_asked_for_yet_does_not_wait_for_minutes()
    {
        Serve([TestNodes.Node("a", "")]);
        await AskAsync(Plain);
        (await AskAsync(Selecting("b"))).Kind.ShouldBe(NodeAnswerKind.NoNode);
        _pages.ShouldBe(2);
    }

    [Fact]
    public async Task Reading_ends_when_nothing_can_change_any_more()
    {
        Serve([TestNodes.OldNode("a")], [TestNodes.OldNode("b")], [TestNodes.OldNode("c")]);
        (await AskAsync(Plain)).Message.ShouldContain("The node a ");
        _pages.ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_is_an_answer_for_half_a_minute()
    {
        _client
            .ListAsync<V1Node>(default!, default, default, default)
            .ThrowsAsyncForAnyArgs(
                new KubeException(HttpStatusCode.Forbidden, "Forbidden", "GET x: nodes is forbidden")
            );
        var answer = await AskAsync(Plain);
        (answer.Kind, answer.Message).ShouldBe(
            (NodeAnswerKind.Unread, "The nodes could not be read: nodes is forbidden")
        );
        NodeSurvey.AskAgain(answer).ShouldBe(TimeSpan.FromSeconds(30));
        Serve([TestNodes.Node("a", "")]);
        (await AskAsync(Plain)).ShouldBe(answer);
        _time.Advance(TimeSpan.FromSeconds(30));
        (await AskAsync(Plain)).Kind.ShouldBe(NodeAnswerKind.AllReport);
    }

    [Fact]
    public async Task A_node_that_cannot_be_read_is_not_taken_for_one_that_reports()
    {
        _client
            .ListAsync<V1Node>(default!, default, default, default)
            .ReturnsForAnyArgs(new ListPage<V1Node>([TestNodes.Node("a", "")], "1", null, ["odd"]));
        (await AskAsync(Plain)).Kind.ShouldBe(NodeAnswerKind.Unread);
    }

    [Fact]
    public async Task The_handler_is_the_one_of_the_runtime_class()
    {
        Serve([TestNodes.Node("a", "runsc")]);
        var spec = new SandboxRuntimeSpec { Isolation = new RuntimeIsolation { RuntimeClassName = "gvisor" } };
        (await AskAsync(spec)).Message.ShouldBe("There is no RuntimeClass 'gvisor'.");

        _time.Advance(TimeSpan.FromMinutes(5));
        _client
            .GetAsync<V1RuntimeClass>(new ObjectKey(null, "gvisor"), Arg.Any<CancellationToken>())
            .Returns(new V1RuntimeClass { Handler = "runsc" });
        (await AskAsync(spec)).Kind.ShouldBe(NodeAnswerKind.AllReport);
    }

    private static SandboxRuntimeSpec Selecting(string pool) =>
        new()
        {
            Scheduling = new RuntimeScheduling { NodeSelector = new Dictionary<string, string> { ["pool"] = pool } },
        };

    private static SandboxRuntime Runtime(string name, SandboxRuntimeSpec spec) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = "sandboxes",
                ResourceVersion = "1",
            },
            Spec = spec,
        };

    private Task<NodeAnswer> AskAsync(SandboxRuntimeSpec spec) => _survey.AskAsync(spec, CancellationToken.None);

    private void Serve(params V1Node[][] pages)
    {
        _client
            .ListAsync<V1Node>(default!, default, default, default)
            .ReturnsForAnyArgs(call =>
            {
                _pages++;
                var page = int.Parse(call.ArgAt<string?>(2) ?? "0", System.Globalization.CultureInfo.InvariantCulture);
                return new ListPage<V1Node>(pages[page], "1", page + 1 < pages.Length ? $"{page + 1}" : null, []);
            });
        // Saying what is answered asks, too.
        _pages = 0;
    }
}
