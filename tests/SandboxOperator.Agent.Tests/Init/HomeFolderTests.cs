using SandboxOperator.Agent.Init;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

public sealed class HomeFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("home-");

    private string Home => Path.Combine(_folder.FullName, "home");

    private string Fonts => Path.Combine(_folder.FullName, "fonts");

    private string Copy => Path.Combine(Home, ".config", "matplotlib", "fontlist.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void An_image_without_a_list_of_fonts_gets_an_empty_folder()
    {
        HomeFolder.Prepare(Home, Fonts);
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Copy)!).ShouldBeEmpty();
    }

    [Fact]
    public void The_list_of_the_image_is_copied_and_what_is_there_stays()
    {
        Directory.CreateDirectory(Fonts);
        File.WriteAllText(Path.Combine(Fonts, "fontlist.json"), "baked");
        HomeFolder.Prepare(Home, Fonts);
        File.ReadAllText(Copy).ShouldBe("baked");

        File.WriteAllText(Copy, "changed");
        HomeFolder.Prepare(Home, Fonts);
        File.ReadAllText(Copy).ShouldBe("changed");
    }

    [Fact]
    public void A_spoiled_home_keeps_nothing_from_starting()
    {
        Directory.CreateDirectory(Home);
        File.WriteAllText(Path.Combine(Home, ".config"), "not a folder");
        Should.NotThrow(() => HomeFolder.Prepare(Home, Fonts));
    }
}
