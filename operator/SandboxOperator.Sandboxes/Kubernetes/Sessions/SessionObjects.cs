using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;
using Span = System.Diagnostics.Activity;

namespace SandboxOperator.Sandboxes.Kubernetes.Sessions;

/// <summary>Reads and writes the objects of sessions. Every change is conditional on what it was decided from.</summary>
[EntityRbac(
    typeof(SandboxSession),
    Verbs = RbacVerbs.Read | RbacVerbs.Create | RbacVerbs.Patch | RbacVerbs.Delete,
    Role = RbacRole.Gateway,
    Reason = "Creates, finds and ends the sessions of threads, suspends idle ones to make room and reports activity."
)]
internal sealed class SessionObjects(
    IKubeClient client,
    IResourceCache<SandboxSession> cache,
    KubernetesSandboxOptions options,
    string space,
    TimeProvider time
)
{
    private const string Writer = "sandbox-gateway";
    private const int Attempts = 8;
    private static readonly TimeSpan SyncPatience = TimeSpan.FromSeconds(10);

    public string Namespace => space;

    /// <summary>The object as the cache has it.</summary>
    public SandboxSession? Find(string name) => cache.Get(Key(name));

    /// <summary>Every object there is, as the cache has them.</summary>
    /// <exception cref="SandboxUnavailableException">The cache has not seen them yet: the API server cannot be reached.</exception>
    public async Task<IReadOnlyList<SandboxSession>> ListAsync(CancellationToken token)
    {
        await SyncedAsync(token);
        return cache.List();
    }

    /// <summary>The object as the API server has it now.</summary>
    public async Task<SandboxSession?> FetchAsync(string name, CancellationToken token)
    {
        var session = await client.GetAsync<SandboxSession>(Key(name), token);
        if (session is not null)
        {
            cache.Remember(session);
        }

        return session;
    }

    /// <summary>Creates a session's object; when somebody else was faster, theirs is the answer.</summary>
    public async Task<SandboxSession?> CreateAsync(SessionKey key, CancellationToken token)
    {
        var session = new SandboxSession
        {
            Metadata = new V1ObjectMeta
            {
                Name = key.Name,
                NamespaceProperty = space,
                Annotations = TraceParent() is { } parent
                    ? new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        [SandboxAnnotations.TraceParent] = parent,
                    }
                    : null,
            },
            Spec = new SandboxSessionSpec
            {
                Project = key.Project,
                ThreadId = key.ThreadId,
                RuntimeRef = new LocalReference { Name = options.Runtime },
                IdleTimeout = GoDuration.Format(options.IdleTimeout),
            },
        };
        try
        {
            var created = await client.CreateAsync(session, Writer, token);
            cache.Remember(created);
            return created;
        }
        catch (KubeException exception) when (exception.IsAlreadyExists)
        {
            return await FetchAsync(key.Name, token);
        }
    }

    /// <summary>
    /// Changes an object if, and as long as, the decision holds for what is there: the decision is made again whenever
    /// somebody else was faster.
    /// </summary>
    /// <param name="name">The object's name.</param>
    /// <param name="decide">The change as a merge patch; null for none.</param>
    /// <param name="token">Stops waiting.</param>
    /// <returns>The object as it is then; null when there is none.</returns>
    public async Task<SandboxSession?> ChangeAsync(
        string name,
        Func<SandboxSession, JsonObject?> decide,
        CancellationToken token
    )
    {
        var session = Find(name) ?? await FetchAsync(name, token);
        for (var attempt = 1; ; attempt++)
        {
            if (session is null || decide(session) is not { } change)
            {
                return session;
            }

            var metadata = change["metadata"] as JsonObject ?? [];
            change["metadata"] = metadata;
            metadata["resourceVersion"] = session.Metadata.ResourceVersion;
            try
            {
                var patch = new V1Patch(change.ToJsonString(), V1Patch.PatchType.MergePatch);
                var changed = await client.PatchAsync<SandboxSession>(Key(name), patch, Writer, null, token);
                cache.Remember(changed);
                return changed;
            }
            catch (KubeException exception) when (exception.IsConflict && attempt < Attempts)
            {
                session = await FetchAsync(name, token);
            }
            catch (KubeException exception) when (exception.IsNotFound)
            {
                return null;
            }
        }
    }

    /// <summary>The merge patch that sets or takes back the wish for no sandbox.</summary>
    public static JsonObject Suspend(bool suspend) => new() { ["spec"] = new JsonObject { ["suspend"] = suspend } };

    /// <summary>The merge patch that asks for the sandbox of a suspended session again, for the trace that waits for it.</summary>
    public static JsonObject Wake()
    {
        var change = Suspend(suspend: false);
        if (TraceParent() is { } parent)
        {
            change["metadata"] = new JsonObject
            {
                ["annotations"] = new JsonObject { [SandboxAnnotations.TraceParent] = parent },
            };
        }

        return change;
    }

    /// <summary>The merge patch that gives the session to a thread.</summary>
    public static JsonObject Hold(string threadId) => new() { ["spec"] = new JsonObject { ["threadId"] = threadId } };

    /// <summary>The merge patch that reports an activity; null when a later one is reported already.</summary>
    public static JsonObject? Report(SandboxSession session, DateTimeOffset activity) =>
        session.Reported() >= activity
            ? null
            : new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject
                    {
                        [SandboxAnnotations.LastActivity] = activity.UtcDateTime.ToString(
                            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                            CultureInfo.InvariantCulture
                        ),
                    },
                },
            };

    /// <summary>Deletes an object; its pod follows.</summary>
    public Task DeleteAsync(string name, CancellationToken token) =>
        client.DeleteAsync<SandboxSession>(Key(name), preconditions: null, token);

    /// <summary>Deletes an object whose sandbox nobody has used, so that nothing of a failed start stays.</summary>
    public async Task DiscardAsync(string name, CancellationToken token)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (
                await FetchAsync(name, token) is not { Status.StartedAt: null } session
                || session.Reported() is not null
            )
            {
                return;
            }

            var unchanged = new DeletePreconditions(session.Metadata.Uid, session.Metadata.ResourceVersion);
            try
            {
                await client.DeleteAsync<SandboxSession>(Key(name), unchanged, token);
                return;
            }
            catch (KubeException exception) when (exception.IsConflict)
            {
                // The controller has found out more; look again.
            }
        }
    }

    /// <summary>Waits until the cache has seen every object once.</summary>
    public async Task SyncedAsync(CancellationToken token)
    {
        if (cache.IsSynced)
        {
            return;
        }

        using var patience = new CancellationTokenSource(SyncPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, token);
        try
        {
            await cache.WaitUntilSyncedAsync(either.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new SandboxUnavailableException(
                "The sessions of the cluster are not known yet: its API server cannot be reached, or refuses to list "
                    + "SandboxSessions. /readyz?verbose says more."
            );
        }
    }

    /// <summary>Calls for every change of an object: its name, and the object unless it is gone.</summary>
    public IDisposable Subscribe(Action<string, SandboxSession?> changed) =>
        cache.Subscribe(change =>
            changed(change.Entity.Metadata.Name, change.Kind == ChangeKind.Deleted ? null : change.Entity)
        );

    private static string? TraceParent() =>
        Span.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } current ? current.Id : null;

    private ObjectKey Key(string name) => new(space, name);
}
