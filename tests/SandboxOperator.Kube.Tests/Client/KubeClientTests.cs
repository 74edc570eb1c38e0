using System.Net;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Kube.Tests.Fakes;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Client;

public sealed class KubeClientTests : IAsyncLifetime
{
    private const string Sessions = "apis/sandboxoperator.dev/v1alpha1/namespaces/default/sandboxsessions";
    private static readonly ObjectKey Key = new("default", "s");
    private FakeApiServer _server = null!;
    private KubeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = _server.Client();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Creates_reads_applies_and_deletes()
    {
        var none = CancellationToken.None;
        (await _client.GetAsync<SandboxSession>(Key, none)).ShouldBeNull();
        var created = await _client.CreateAsync(Session(), "test", none);
        created.Metadata.Uid.ShouldNotBeNullOrEmpty();
        (
            await Should.ThrowAsync<KubeException>(_client.CreateAsync(Session(), "test", none))
        ).IsAlreadyExists.ShouldBeTrue();

        var changed = Session();
        changed.Spec.IdleTimeout = "5m";
        changed.Status = new SandboxSessionStatus { Phase = "Wrong" };
        var applied = await _client.ApplyAsync(changed, "test", none);
        applied.Spec.IdleTimeout.ShouldBe("5m");
        applied.Status.ShouldBeNull("a status is not applied together with a spec");
        _server.Requests.Last().ShouldBe($"PATCH {Sessions}/s?fieldManager=test&force=true");

        created.Spec.IdleTimeout = "6m";
        (await Should.ThrowAsync<KubeException>(_client.ReplaceAsync(created, "test", none))).IsConflict.ShouldBeTrue();
        var wrong = new DeletePreconditions(ResourceVersion: created.Metadata.ResourceVersion);
        (
            await Should.ThrowAsync<KubeException>(_client.DeleteAsync<SandboxSession>(Key, wrong, none))
        ).IsConflict.ShouldBeTrue();
        (await _client.DeleteAsync<SandboxSession>(Key, preconditions: null, none)).ShouldBeTrue();
        (await _client.DeleteAsync<SandboxSession>(Key, preconditions: null, none)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_status_that_says_nothing_new_is_not_written()
    {
        var none = CancellationToken.None;
        var session = await _client.CreateAsync(Session(), "test", none);
        var status = new SandboxSessionStatus
        {
            Phase = SessionPhases.Ready,
            StartedAt = DateTimeOffset.UnixEpoch.AddTicks(123),
        };
        session = await _client.ApplyStatusAsync(session, status, "test", unchanged: true, none);
        session.Status!.Phase.ShouldBe(SessionPhases.Ready);
        var requests = _server.Requests.Count;
        await _client.ApplyStatusAsync(session, status with { }, "test", unchanged: true, none);
        _server.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task A_status_of_an_object_that_was_changed_is_a_conflict_when_asked()
    {
        var none = CancellationToken.None;
        var session = await _client.CreateAsync(Session(), "test", none);
        var status = new SandboxSessionStatus { Phase = SessionPhases.Ready };
        await _client.ApplyStatusAsync(session, status, "test", unchanged: true, none);
        var again = status with { Phase = SessionPhases.Expired };
        await _client.ApplyStatusAsync(session, again, "test", unchanged: false, none);
        var failure = await Should.ThrowAsync<KubeException>(
            _client.ApplyStatusAsync(session, again, "test", unchanged: true, none)
        );
        failure.IsConflict.ShouldBeTrue();
    }

    [Fact]
    public async Task A_failure_says_what_was_tried_and_what_the_server_said()
    {
        _server.Instead = async context =>
        {
            context.Response.StatusCode = 403;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsJsonAsync(
                new
                {
                    reason = "Forbidden",
                    message = "exceeded quota",
                    code = 403,
                }
            );
            return true;
        };
        var failure = await Should.ThrowAsync<KubeException>(
            _client.CreateAsync(Session(), "test", CancellationToken.None)
        );
        failure.IsForbidden.ShouldBeTrue();
        failure.Message.ShouldContain("POST");
        failure.Message.ShouldContain("exceeded quota");
    }

    [Fact]
    public async Task A_server_that_has_not_begun_is_asked_again_when_it_says()
    {
        var refusals = 2;
        _server.Instead = context => Task.FromResult(refusals-- > 0 && Refuse(context, "0"));

        var created = await _client.CreateAsync(Session(), "test", CancellationToken.None);

        created.Metadata.Name.ShouldBe(Key.Name);
        _server.Requests.ShouldBe(Enumerable.Repeat($"POST {Sessions}?fieldManager=test", 3));
    }

    [Theory]
    [InlineData("0", 10)]
    [InlineData("600", 1)]
    [InlineData(null, 1)]
    public async Task A_server_that_goes_on_refusing_is_not_asked_for_ever(string? retryAfter, int times)
    {
        _server.Instead = context => Task.FromResult(Refuse(context, retryAfter));

        var failure = await Should.ThrowAsync<KubeException>(
            _client.GetAsync<SandboxSession>(Key, CancellationToken.None)
        );

        failure.Code.ShouldBe(HttpStatusCode.TooManyRequests);
        failure.IsTransient.ShouldBeTrue();
        _server.Requests.Count.ShouldBe(times);
    }

    private static bool Refuse(HttpContext context, string? retryAfter)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = retryAfter;
        return true;
    }

    private static SandboxSession Session() =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = Key.Name, NamespaceProperty = Key.Namespace },
        };
}
