using System.Diagnostics;
using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>
/// Waits for a condition, with a deadline that only a defect reaches; then the failure says what the namespace holds:
/// objects, events, logs.
/// </summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until an object is there and the condition holds for it.</summary>
    public static async Task<T> FindAsync<T>(
        ObjectKey key,
        Func<T, bool> condition,
        string what,
        TimeSpan? deadline = null
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        T? found = null;
        await TrueAsync(
            async () =>
            {
                found = await TestCluster.Client.GetAsync<T>(key, CancellationToken.None);
                return found is not null && condition(found);
            },
            () =>
                $"{typeof(T).Name} {key} {what}; it is {(found is null ? "absent" : KubernetesYaml.Serialize(found))}",
            key.Namespace,
            deadline
        );
        return found!;
    }

    /// <summary>Waits until the condition holds for the list of the objects of a kind in a namespace.</summary>
    public static async Task<IReadOnlyList<T>> ListAsync<T>(
        string space,
        string? labels,
        Func<IReadOnlyList<T>, bool> condition,
        string what,
        TimeSpan? deadline = null
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        IReadOnlyList<T> found = [];
        await TrueAsync(
            async () =>
            {
                var query = new ListQuery(space, labels);
                found = (await TestCluster.Client.ListAsync<T>(query, 1000, null, CancellationToken.None)).Items;
                return condition(found);
            },
            () => $"{typeof(T).Name} in {space}: {what}; there are {found.Count}",
            space,
            deadline
        );
        return found;
    }

    /// <summary>Waits until an object is no more.</summary>
    public static Task GoneAsync<T>(ObjectKey key, TimeSpan? deadline = null, string? space = null)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        TrueAsync(
            async () => await TestCluster.Client.GetAsync<T>(key, CancellationToken.None) is null,
            () => $"{typeof(T).Name} {key} is gone",
            space ?? key.Namespace,
            deadline
        );

    /// <summary>Waits until the condition holds. While the API server cannot be reached it does not.</summary>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">What was waited for.</param>
    /// <param name="space">The namespace that a failure describes.</param>
    /// <param name="deadline">When to give up; <see cref="Deadline"/> by default.</param>
    public static async Task TrueAsync(
        Func<Task<bool>> condition,
        Func<string> what,
        string? space,
        TimeSpan? deadline = null
    )
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            Exception? unreachable = null;
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (KubeException exception) when (exception.IsTransient)
            {
                unreachable = exception;
            }

            if (Stopwatch.GetElapsedTime(start) > (deadline ?? Deadline))
            {
                var state = space is null ? "" : await Diagnosis.OfAsync(space);
                var problem =
                    $"Waited {(deadline ?? Deadline).TotalSeconds:0} s in vain: {what()} {unreachable?.Message}";
                // Said twice, because what the namespace holds may be long.
                throw new Xunit.Sdk.XunitException($"{problem}\n{state}\n{problem}");
            }

            await Task.Delay(Pause);
        }
    }
}
