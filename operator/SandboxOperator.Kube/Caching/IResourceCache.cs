using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Caching;

/// <summary>
/// The objects of a kind as the API server has told them. Objects are shared: never change one, copy it. The cache may
/// lag, but what was given to <see cref="Remember"/> is there at once, so that nobody acts twice on the same lack.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
public interface IResourceCache<T>
    where T : class
{
    /// <summary>Whether the cache has seen everything once.</summary>
    bool IsSynced { get; }

    /// <summary>An object.</summary>
    /// <param name="key">Its name.</param>
    /// <returns>The object; null when there is none.</returns>
    T? Get(ObjectKey key);

    /// <summary>All objects, in no order.</summary>
    /// <returns>A copy of the list.</returns>
    IReadOnlyList<T> List();

    /// <summary>The objects with a value in an index.</summary>
    /// <param name="index">The name of the index, from the cache's options.</param>
    /// <param name="value">The value.</param>
    /// <returns>A copy of the list.</returns>
    IReadOnlyList<T> ByIndex(string index, string value);

    /// <summary>
    /// Puts the answer of a write into the cache before the watch tells of it. Ignored when the watch has told already;
    /// dropped when the watch has come past its version without telling, because the object is gone or not selected.
    /// </summary>
    /// <param name="written">The object as the API server answered it.</param>
    void Remember(T written);

    /// <summary>Calls for every change from now on, in order, one at a time.</summary>
    /// <param name="handler">Must return at once and must not throw.</param>
    /// <returns>Ends the calls when disposed.</returns>
    IDisposable Subscribe(Action<ResourceChange<T>> handler);

    /// <summary>Waits until the cache has seen everything once.</summary>
    /// <param name="token">Stops waiting.</param>
    /// <returns>When it has.</returns>
    Task WaitUntilSyncedAsync(CancellationToken token);
}
