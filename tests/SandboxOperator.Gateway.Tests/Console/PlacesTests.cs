using SandboxOperator.Gateway.Console.Access;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class PlacesTests
{
    [Fact]
    public void A_project_takes_no_more_than_its_own()
    {
        var places = new Places(all: 3, each: 2);
        var first = places.Take("a");
        first.ShouldNotBeNull();
        using var second = places.Take("a");
        second.ShouldNotBeNull();

        places.Take("a").ShouldBeNull();
        using var other = places.Take("b");
        other.ShouldNotBeNull();
        places.Take("b").ShouldBeNull();

        first.Dispose();
        first.Dispose();
        using var again = places.Take("b");
        again.ShouldNotBeNull();
        places.Take("c").ShouldBeNull();
    }
}
