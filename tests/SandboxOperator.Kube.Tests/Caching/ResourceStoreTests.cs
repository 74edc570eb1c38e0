using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using k8s.Models;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Caching;

public sealed class ResourceStoreTests
{
    private readonly ResourceStore<V1Pod> _store = new([
        new("node", pod => pod.Spec?.NodeName is { } node ? [node] : []),
    ]);
    private readonly List<string> _changes = [];

    public ResourceStoreTests() =>
        _store.Subscribe(change => _changes.Add($"{change.Kind} {change.Entity.Metadata.Name}"));

    [Fact]
    public void A_list_tells_what_came_changed_and_went()
    {
        _store.IsSynced.ShouldBeFalse();
        _store.Replace([Pod("a", 1), Pod("b", 2)], "5");
        _store.IsSynced.ShouldBeTrue();
        _store.Replace([Pod("b", 2), Pod("c", 7)], "8");
        _changes.ShouldBe(["Added a", "Added b", "Added c", "Deleted a"]);
    }

    [Fact]
    public void What_was_written_is_there_before_the_watch_tells_of_it()
    {
        _store.Replace([Pod("a", 1)], "5");
        _store.Remember(Pod("b", 6));
        _store.Get(Key("b")).ShouldNotBeNull();
        _store.Apply(Present(Pod("b", 6)));
        _changes.ShouldBe(["Added a", "Added b"]);
    }

    [Fact]
    public void Older_news_of_what_was_written_are_not_believed()
    {
        _store.Replace([Pod("a", 1)], "5");
        _store.Remember(Pod("a", 9));
        _store.Apply(Present(Pod("a", 7)));
        _store.Get(Key("a"))!.Metadata.ResourceVersion.ShouldBe("9");
        _store.Apply(Gone("a", 12));
        _store.Get(Key("a")).ShouldBeNull();
    }

    [Fact]
    public void What_was_written_too_late_does_not_come_back()
    {
        _store.Replace([Pod("a", 1)], "5");
        _store.Apply(Gone("a", 7));
        _store.Remember(Pod("a", 6));
        _store.Get(Key("a")).ShouldBeNull();
    }

    [Fact]
    public void What_the_watch_never_tells_of_goes_when_it_has_come_past()
    {
        _store.Replace([], "5");
        _store.Remember(Pod("a", 6));
        _store.Apply(new WatchEvent<V1Pod>(WatchEventKind.Bookmark, "6", Entity: null, Key: default));
        _store.List().ShouldBeEmpty();
        _changes.ShouldBe(["Added a", "Deleted a"]);
    }

    [Fact]
    public void Another_object_of_the_same_name_is_a_deletion_and_an_addition()
    {
        _store.Replace([Pod("a", 1)], "5");
        _store.Replace([Pod("a", 8, uid: "another")], "9");
        _changes.ShouldBe(["Added a", "Deleted a", "Added a"]);
    }

    [Fact]
    public void An_index_follows_changes()
    {
        _store.Replace([Pod("a", 1, node: "x"), Pod("b", 2, node: "x")], "5");
        _store.ByIndex("node", "x").Count.ShouldBe(2);
        _store.Apply(Present(Pod("a", 6, node: "y")));
        _store.Apply(Gone("b", 7));
        _store.ByIndex("node", "x").ShouldBeEmpty();
        _store.ByIndex("node", "y").ShouldHaveSingleItem().Metadata.Name.ShouldBe("a");
    }

    [Fact]
    public void What_is_remembered_is_trimmed()
    {
        var store = new ResourceStore<V1Pod>(trim: pod => pod.Metadata.Annotations = null);
        var written = Pod("pod", 11);
        written.Metadata.Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["long"] = "text" };

        store.Remember(written);

        store.Get(ObjectKey.Of(written))!.Metadata.Annotations.ShouldBeNull();
    }

    /// <summary>
    /// However far the watch lags and whatever is remembered in between: the cache is never behind what was remembered,
    /// and equals the server once the watch has told everything.
    /// </summary>
    [Property(MaxTest = 500)]
    public Property The_cache_becomes_what_the_server_is()
    {
        // Kinds: 0 and 1 write, 2 deletes, 3 the watch tells one thing, 4 the answer of a past write is remembered.
        var step = Gen.Choose(0, 4).SelectMany(kind => Gen.Choose(0, 50), (kind, value) => (kind, value));
        return Prop.ForAll(
            step.ListOf(80).ToArbitrary(),
            steps =>
            {
                var store = new ResourceStore<V1Pod>();
                store.Replace([], "10");
                var server = new Dictionary<string, V1Pod>(StringComparer.Ordinal);
                var log = new List<WatchEvent<V1Pod>>();
                var (told, version) = (0, 10);
                foreach (var (kind, value) in steps)
                {
                    var name = $"pod-{value % 3}";
                    switch (kind)
                    {
                        case 0 or 1:
                            server[name] = Pod(name, ++version);
                            log.Add(Present(server[name]));
                            break;
                        case 2 when server.Remove(name):
                            log.Add(Gone(name, ++version));
                            break;
                        case 3 when told < log.Count:
                            store.Apply(log[told++]);
                            break;
                        case 4 when log.Count > 0 && log[value % log.Count].Entity is { } written:
                            store.Remember(written);
                            var seen = store.Get(ObjectKey.Of(written));
                            var isPast = value % log.Count < told;
                            if (!isPast && (seen is null || Version(seen) < Version(written)))
                            {
                                return false;
                            }

                            break;
                        default:
                            break;
                    }
                }

                log.Skip(told).ToList().ForEach(store.Apply);
                return store
                    .List()
                    .Select(pod => $"{pod.Metadata.Name} {pod.Metadata.ResourceVersion}")
                    .ToHashSet()
                    .SetEquals(server.Values.Select(pod => $"{pod.Metadata.Name} {pod.Metadata.ResourceVersion}"));
            }
        );
    }

    private static int Version(V1Pod pod) => int.Parse(pod.Metadata.ResourceVersion);

    private static ObjectKey Key(string name) => new("default", name);

    private static WatchEvent<V1Pod> Present(V1Pod pod) =>
        new(WatchEventKind.Present, pod.Metadata.ResourceVersion, pod, ObjectKey.Of(pod));

    private static WatchEvent<V1Pod> Gone(string name, int version) =>
        new(WatchEventKind.Deleted, $"{version}", Entity: null, Key(name));

    private static V1Pod Pod(string name, int version, string? uid = null, string? node = null) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = "default",
                Uid = uid ?? name,
                ResourceVersion = $"{version}",
            },
            Spec = new V1PodSpec { NodeName = node },
        };
}
