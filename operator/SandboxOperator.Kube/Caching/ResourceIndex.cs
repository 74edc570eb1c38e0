using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Caching;

/// <summary>Finds objects by a value that they have.</summary>
internal sealed class ResourceIndex<T>(Func<T, IEnumerable<string>> values)
    where T : class
{
    private readonly Dictionary<string, HashSet<ObjectKey>> _keys = new(StringComparer.Ordinal);

    public IEnumerable<ObjectKey> Keys(string value) => _keys.GetValueOrDefault(value) ?? Enumerable.Empty<ObjectKey>();

    public void Move(ObjectKey key, T? before, T? after)
    {
        foreach (var value in before is null ? [] : values(before))
        {
            if (_keys.TryGetValue(value, out var keys) && keys.Remove(key) && keys.Count == 0)
            {
                _keys.Remove(value);
            }
        }

        foreach (var value in after is null ? [] : values(after))
        {
            if (!_keys.TryGetValue(value, out var keys))
            {
                _keys.Add(value, keys = []);
            }

            keys.Add(key);
        }
    }
}
