using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Kube.Tests.Fakes;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Caching;

public sealed class CacheFeederTests : IAsyncLifetime
{
    private const string Pods = "api/v1/namespaces/default/pods";
    private readonly CancellationTokenSource _stop = new();
    private readonly ResourceStore<V1Pod> _store = new();
    private FakeApiServer _server = null!;
    private Task _feeding = Task.CompletedTask;

    public async ValueTask InitializeAsync() => _server = await FakeApiServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _feeding;
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Lists_page_by_page_then_follows_changes()
    {
        for (var i = 0; i < 7; i++)
        {
            _server.Put(Pods, $"pod-{i}");
        }

        Feed(pageSize: 3);
        await Eventually.True(() => _store.Count == 7 && _server.Watches == 1, "the list");
        _server.Requests.Count(request => request.Contains("limit=3")).ShouldBe(3);
        _store.Get(new ObjectKey("default", "pod-3"))!.Metadata.ManagedFields.ShouldBeNull();

        _server.Put(Pods, "pod-7");
        _server.Remove(Pods, "pod-0");
        await Eventually.True(() => _store.Get(new ObjectKey("default", "pod-7")) is not null, "the new pod");
        await Eventually.True(() => _store.Get(new ObjectKey("default", "pod-0")) is null, "the deleted pod");
        Lists().ShouldBe(3);
    }

    [Fact]
    public async Task Goes_on_after_a_cut_where_it_was_without_listing_again()
    {
        Feed();
        await Eventually.True(() => _server.Watches == 1, "a watch");
        var version = _server.Put(Pods, "a");
        await Eventually.True(() => _store.Count == 1, "the pod");
        _server.Cut();
        await Eventually.True(() => _server.Requests.Count(each => each.Contains("watch=true")) == 2, "another watch");
        _server.Put(Pods, "b");
        await Eventually.True(() => _store.Count == 2, "the second pod");
        Lists().ShouldBe(1);
        _server.Requests.Last(request => request.Contains("watch=true")).ShouldContain($"resourceVersion={version}&");
    }

    [Fact]
    public async Task A_bookmark_is_where_it_goes_on()
    {
        Feed();
        await Eventually.True(() => _server.Watches == 1, "a watch");
        _server.Put(Pods, "a");
        _server.Bookmark(Pods);
        _server.Put(Pods, "b");
        _server.Bookmark(Pods);
        await Eventually.True(() => _store.Count == 2, "two pods");
        await Eventually.True(
            () =>
            {
                var last = _server.Requests.Last(request => request.Contains("watch=true"));
                return last.Contains("resourceVersion=104&") && last.Contains("allowWatchBookmarks=true");
            },
            "a watch from the bookmark",
            _server.Cut
        );
        Lists().ShouldBe(1);
    }

    [Fact]
    public async Task A_forgotten_version_means_listing_again()
    {
        _server.Put(Pods, "a");
        Feed();
        await Eventually.True(() => _store.Count == 1 && _server.Watches == 1, "the pod");
        _server.IsSilent = true;
        _server.Remove(Pods, "a");
        _server.Put(Pods, "b");
        _server.Forget();
        // It stays silent: the watch that is cut must not tell at last what only the list is to tell.
        _server.Cut();
        await Eventually.True(() => _store.Get(new ObjectKey("default", "b")) is not null, "the pod after the gap");
        _store.Count.ShouldBe(1);
        Lists().ShouldBe(2);
    }

    [Fact]
    public async Task A_watch_that_fell_silent_is_begun_anew()
    {
        _server.IsSilent = true;
        Feed(idle: TimeSpan.FromSeconds(2));
        await Eventually.True(() => _server.Watches == 1, "a watch");
        _server.Put(Pods, "a");
        await Eventually.True(() => _server.Requests.Count(each => each.Contains("watch=true")) > 2, "more watches");
        _store.Count.ShouldBe(0);
        _server.IsSilent = false;
        await Eventually.True(() => _store.Count == 1, "the pod");
        Lists().ShouldBe(1);
    }

    [Fact]
    public async Task An_object_that_does_not_fit_is_left_out_and_does_not_stop_the_others()
    {
        const string Sessions = "apis/sandboxoperator.dev/v1alpha1/namespaces/default/sandboxsessions";
        var odd = new JsonObject { ["spec"] = new JsonObject { ["idleTimeout"] = 5 } };
        _server.Put(Sessions, "odd", (JsonObject)odd.DeepClone());
        _server.Put(Sessions, "good");
        var store = new ResourceStore<SandboxSession>();
        _feeding = Feeder(store, new ResourceCacheOptions<SandboxSession>()).RunAsync(_stop.Token);
        await Eventually.True(() => store.Count == 1 && _server.Watches == 1, "the good one");
        _server.Put(Sessions, "odd-too", odd);
        _server.Put(Sessions, "good-too");
        await Eventually.True(() => store.Count == 2, "both good ones");
        store.List().ShouldAllBe(session => session.Spec.IdleTimeout == "1h" && session.Kind == "SandboxSession");
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(503, "not { json")]
    [InlineData(200, "not { json")]
    [InlineData(200, "{}")]
    public async Task A_server_that_answers_nonsense_is_asked_again(int code, string answer)
    {
        var failures = 2;
        _server.Instead = async context =>
        {
            if (Interlocked.Decrement(ref failures) < 0)
            {
                return false;
            }

            context.Response.StatusCode = code;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer);
            return true;
        };
        _server.Put(Pods, "a");
        Feed();
        await Eventually.True(() => _store.Count == 1, "the pod");
    }

    private int Lists() => _server.Requests.Count(request => request.Contains("limit="));

    private void Feed(int pageSize = 500, TimeSpan? idle = null) =>
        _feeding = Feeder(
                _store,
                new ResourceCacheOptions<V1Pod>
                {
                    Query = new ListQuery("default"),
                    PageSize = pageSize,
                    IdleTimeout = idle ?? TimeSpan.FromMinutes(2),
                }
            )
            .RunAsync(_stop.Token);

    private CacheFeeder<T> Feeder<T>(ResourceStore<T> store, ResourceCacheOptions<T> options)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta> =>
        new(_server.Client(), store, options, TimeProvider.System, NullLogger.Instance);
}
