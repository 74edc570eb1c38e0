using System.Diagnostics;
using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Queues;

namespace SandboxOperator.Kube.Controllers;

/// <summary>
/// Runs a controller while this process leads.
/// <list type="number">
/// <item>Follow the caches from now on, and wait until they have seen everything once.</item>
/// <item>Queue every object: whatever happened before is found again in the state of the world.</item>
/// <item>Workers take keys, read the object from the cache and call the controller.</item>
/// <item>When leadership ends, all calls are stopped and waited for before anybody else may begin.</item>
/// </list>
/// </summary>
internal sealed partial class ControllerLoop<TController, TEntity>(
    IServiceProvider services,
    IResourceCache<TEntity> cache,
    EntityQueue<TEntity> requests,
    ControllerOptions<TEntity> options,
    FinalizerRunner<TEntity> finalizers,
    TimeProvider time,
    ILogger<TController> logger
) : IControllerLoop
    where TController : class, IEntityController<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly string Name = typeof(TController).Name;

    public async Task RunAsync(CancellationToken token)
    {
        using var queue = new WorkQueue<ObjectKey>(time, options.Retries);
        var deleted = new DeletedObjects<TEntity>();
        var sources = new List<IDisposable>();
        try
        {
            // 1. Follow the caches.
            sources.Add(cache.Subscribe(change => Queue(change, queue, deleted)));
            sources.AddRange(options.Sources.Select(source => source(services, queue.Add)));
            await cache.WaitUntilSyncedAsync(token);
            foreach (var wait in options.Waits)
            {
                await PrepareAsync(wait, token);
            }

            // 2. Queue every object.
            requests.Use(queue);
            foreach (var entity in cache.List())
            {
                queue.Add(ObjectKey.Of(entity));
            }

            // 3. Work.
            await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => WorkAsync(queue, deleted, token)));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // 4. Leadership has ended.
        }
        finally
        {
            requests.Use(queue: null);
            sources.ForEach(source => source.Dispose());
            KubeMetrics.QueueDepth.WithLabels(Name).Set(0);
        }
    }

    /// <summary>Leads without working for as long as the API server does not answer; nobody else could do better.</summary>
    private async Task PrepareAsync(Func<IServiceProvider, CancellationToken, Task> wait, CancellationToken token)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await wait(services, token);
                return;
            }
            catch (KubeException exception)
            {
                var pause = options.Retries.Delay(failures);
                Log.NotPrepared(logger, exception.Message, pause);
                await Task.Delay(pause, time, token);
            }
        }
    }

    private void Queue(ResourceChange<TEntity> change, WorkQueue<ObjectKey> queue, DeletedObjects<TEntity> deleted)
    {
        if (change.Kind == ChangeKind.Deleted)
        {
            deleted.Add(change.Entity);
        }
        else if (!options.Concerns(change))
        {
            return;
        }

        queue.Add(ObjectKey.Of(change.Entity));
    }

    private async Task WorkAsync(WorkQueue<ObjectKey> queue, DeletedObjects<TEntity> deleted, CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            var key = await queue.TakeAsync(token);
            KubeMetrics.QueueDepth.WithLabels(Name).Set(queue.Depth);
            try
            {
                await WorkAsync(key, queue, deleted, token);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    private async Task WorkAsync(
        ObjectKey key,
        WorkQueue<ObjectKey> queue,
        DeletedObjects<TEntity> deleted,
        CancellationToken token
    )
    {
        var started = time.GetTimestamp();
        using var activity = StartSpan(key);
        var outcome = "success";
        using var deadline = new CancellationTokenSource(options.Deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            var result = await CallAsync(key, deleted, both.Token);
            if (result is { IsSuccess: false })
            {
                outcome = "failure";
                var wait = Again(queue, key, result.RequeueAfter);
                Log.Failed(logger, key, result.ErrorMessage, wait, result.Error);
            }
            else
            {
                queue.Forget(key);
                if (result?.RequeueAfter is { } after)
                {
                    queue.AddAfter(key, after);
                }
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            outcome = "stopped";
        }
        catch (KubeException exception) when (exception.IsConflict)
        {
            // Somebody else was faster; the cache will know in a moment.
            outcome = "conflict";
            Log.Conflict(logger, key, Again(queue, key, after: null), exception.Message);
        }
        catch (Exception exception)
        {
            outcome = "exception";
            activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().FullName);
            Log.Failed(
                logger,
                key,
                exception.Message,
                Again(queue, key, (exception as KubeException)?.RetryAfter),
                exception
            );
        }

        activity?.SetTag("sandbox.reconcile.outcome", outcome);
        KubeMetrics.Reconciles.WithLabels(Name, outcome).Inc();
        KubeMetrics.ReconcileSeconds.WithLabels(Name).Observe(time.GetElapsedTime(started).TotalSeconds);
    }

    private Activity? StartSpan(ObjectKey key)
    {
        if (!KubeTracing.Source.HasListeners())
        {
            return null;
        }

        var joins = cache.Get(key) is { } entity ? options.TraceParent(entity) : null;
        var parent = ActivityContext.TryParse(joins, null, isRemote: true, out var waiting) ? waiting : default;
        var span = KubeTracing.Source.StartActivity($"reconcile {Name}", ActivityKind.Internal, parent);
        span?.SetTag("sandbox.object", key.ToString());
        return span;
    }

    private static TimeSpan Again(WorkQueue<ObjectKey> queue, ObjectKey key, TimeSpan? after)
    {
        if (after is not { } wait)
        {
            return queue.AddAfterFailure(key);
        }

        queue.AddAfter(key, wait);
        return wait;
    }

    private async Task<ReconciliationResult<TEntity>?> CallAsync(
        ObjectKey key,
        DeletedObjects<TEntity> deleted,
        CancellationToken token
    )
    {
        await using var scope = services.CreateAsyncScope();
        var controller = ActivatorUtilities.GetServiceOrCreateInstance<TController>(scope.ServiceProvider);
        while (deleted.Peek(key) is { } gone)
        {
            var result = await controller.DeletedAsync(gone, token);
            if (!result.IsSuccess)
            {
                return result;
            }

            deleted.Remove(gone);
        }

        if (cache.Get(key) is not { } entity)
        {
            return null;
        }

        if (entity.Metadata.DeletionTimestamp is not null)
        {
            return await finalizers.FinalizeAsync(entity, scope.ServiceProvider, token);
        }

        entity = await finalizers.AttachAsync(entity, token);
        return await controller.ReconcileAsync(entity, token);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Key} failed: {Problem}; again in {Wait}")]
        public static partial void Failed(
            ILogger logger,
            ObjectKey key,
            string? problem,
            TimeSpan wait,
            Exception? exception
        );

        [LoggerMessage(3, LogLevel.Warning, "The work cannot begin yet: {Problem}; again in {Wait}")]
        public static partial void NotPrepared(ILogger logger, string problem, TimeSpan wait);

        [LoggerMessage(2, LogLevel.Debug, "{Key} was changed by somebody else; again in {Wait}: {Problem}")]
        public static partial void Conflict(ILogger logger, ObjectKey key, TimeSpan wait, string problem);
    }
}
