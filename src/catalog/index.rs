//! Catalogues merged and indexed for look-ups by canonical path.
//!
//! In: catalogue files. Out: [`Catalog`]. A *canonical path* is a path of names joined by `::` that begins with a library's
//! real name; [`Catalog::canonical`] makes one of any spelling.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::load::{CatalogError, builtin_files};
use super::model::{
    CallFact, Carry, CatalogFile, DelegationFact, ExclusiveFact, FillsFact, HealthFact, MacroFact, MemoFact, MemoScope,
    MethodFact, RootFact, ShutdownFact, StateFact, TypeFact, TypeRole,
};
use super::own::Own;
use crate::facts::{Name, TypeRef};
use crate::parse::{MacroTable, parse_type};

/// Index of a catalogue file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A type's facts with its `inner` type read.
#[derive(Debug, Clone)]
pub struct TypeInfo {
    /// The file it stands in.
    pub file: FileId,
    /// The facts.
    pub fact: TypeFact,
    /// `inner`, read.
    pub inner: Option<TypeRef>,
}

/// A call's facts with its types read.
#[derive(Debug, Clone)]
pub struct CallRef {
    /// The file it stands in.
    pub file: FileId,
    /// Canonical path of the function, or of the type and method.
    pub path: Name,
    /// The facts.
    pub fact: CallFact,
    /// Versions that have it.
    pub versions: Option<semver::VersionReq>,
    /// `returns`, read.
    pub returns: Option<TypeRef>,
    /// `closure_param`, read.
    pub closure_param: Option<TypeRef>,
    /// The method's name is enough where the receiver is unknown.
    pub distinctive: bool,
}

/// A root's facts.
#[derive(Debug, Clone)]
pub struct RootRef {
    /// The file it stands in.
    pub file: FileId,
    /// The facts.
    pub fact: RootFact,
}

/// All knowledge, indexed.
#[derive(Debug, Default)]
pub struct Catalog {
    files: Vec<CatalogFile>,
    types: FxHashMap<Name, TypeInfo>,
    spellings: FxHashMap<Name, Name>,
    functions: FxHashMap<Name, Vec<Arc<CallRef>>>,
    methods: FxHashMap<Name, FxHashMap<Name, Vec<Arc<CallRef>>>>,
    distinctive: FxHashMap<Name, Vec<(Name, usize)>>,
    /// Methods on what is no type but a trait: any receiver may have them.
    of_traits: FxHashMap<Name, Vec<Arc<CallRef>>>,
    roots: Vec<RootRef>,
    /// Roots by the last segment of an attribute, function, method, macro name.
    roots_by_name: FxHashMap<Name, Vec<usize>>,
    /// Roots with a `*` in a trait's path.
    pattern_roots: Vec<usize>,
    /// Roots that name functions of the program.
    naming_roots: Vec<usize>,
    /// Roots that name functions which nobody is seen to call.
    uncalled_roots: Vec<usize>,
    /// What a project says itself.
    pub(super) own: Own,
    memos: Vec<MemoFact>,
    memos_by_name: FxHashMap<Name, Vec<usize>>,
    macros: FxHashMap<Name, MacroFact>,
    client_packages: FxHashSet<String>,
    keepers: FxHashSet<Name>,
}

impl Catalog {
    /// The carried catalogues.
    ///
    /// # Errors
    /// When one of them is broken, which a test rules out.
    pub fn builtin() -> Result<Catalog, CatalogError> {
        Catalog::new(builtin_files()?)
    }

    /// Indexes catalogue files, given with the names that errors call them by.
    ///
    /// # Errors
    /// When a type or version requirement in them can't be read.
    pub fn new(files: Vec<(String, CatalogFile)>) -> Result<Catalog, CatalogError> {
        let mut catalog = Catalog::default();
        for (_, file) in &files {
            catalog.add_spellings(file);
        }
        for (name, file) in files {
            catalog.add(&name, file)?;
        }
        catalog.add_trait_methods();
        Ok(catalog)
    }

    fn add_spellings(&mut self, file: &CatalogFile) {
        for reexport in &file.reexport {
            self.spellings.insert(reexport.from.as_str().into(), reexport.to.as_str().into());
        }
        for fact in &file.types {
            for also in &fact.also {
                self.spellings.insert(also.as_str().into(), fact.path.as_str().into());
            }
        }
    }

    fn add(&mut self, shown: &str, file: CatalogFile) -> Result<(), CatalogError> {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        if file.family.is_some() {
            self.client_packages.extend(file.packages.iter().cloned());
        }
        for fact in &file.types {
            let inner = read_type(shown, fact.inner.as_deref())?;
            self.types.insert(fact.path.as_str().into(), TypeInfo { file: id, fact: fact.clone(), inner });
        }
        for fact in file.types.iter().filter(|fact| fact.default_builds) {
            let call = CallFact {
                makes: fact.role.resource(),
                returns: Some(fact.path.clone()),
                versions: fact.versions.clone(),
                ..CallFact::default()
            };
            let path = SmolStr::from(format!("{}::default", fact.path));
            let call = call_ref(shown, id, path.clone(), &call, false)?;
            self.functions.entry(path).or_default().push(call);
        }
        for fact in &file.function {
            for path in &fact.paths {
                let call = call_ref(shown, id, path.as_str().into(), &fact.call, false)?;
                self.functions.entry(self.canonical(path)).or_default().push(call);
            }
        }
        for fact in &file.method {
            self.add_methods(shown, id, fact)?;
        }
        for root in &file.root {
            self.add_root(id, root);
        }
        for memo in &file.memo {
            let index = self.memos.len();
            for name in memo.functions.iter().chain(&memo.methods).chain(&memo.attributes) {
                self.memos_by_name.entry(last_segment(name).into()).or_default().push(index);
            }
            self.memos.push(memo.clone());
        }
        for fact in &file.macros {
            for name in &fact.names {
                self.macros.insert(name.as_str().into(), fact.clone());
            }
        }
        self.files.push(file);
        Ok(())
    }

    fn add_methods(&mut self, shown: &str, id: FileId, fact: &MethodFact) -> Result<(), CatalogError> {
        for on in &fact.on {
            let owner = self.canonical(on);
            for name in &fact.names {
                let path = SmolStr::from(format!("{owner}::{name}"));
                let call = call_ref(shown, id, path, &fact.call, fact.distinctive)?;
                let by_name = self.methods.entry(owner.clone()).or_default();
                let list = by_name.entry(name.as_str().into()).or_default();
                if call.fact.carry == Some(Carry::Keeps) {
                    self.keepers.insert(name.as_str().into());
                }
                if fact.distinctive {
                    self.distinctive.entry(name.as_str().into()).or_default().push((owner.clone(), list.len()));
                }
                list.push(call);
            }
        }
        Ok(())
    }

    fn add_trait_methods(&mut self) {
        let is_trait = |owner: &&Name| self.types.get(*owner).is_none_or(|info| info.fact.role == TypeRole::Trait);
        let mut owners: Vec<&Name> = self.methods.keys().filter(is_trait).collect();
        owners.sort_unstable();
        for owner in owners {
            for (name, list) in &self.methods[owner] {
                self.of_traits.entry(name.clone()).or_default().extend(list.iter().cloned());
            }
        }
    }

    fn add_root(&mut self, file: FileId, root: &RootFact) {
        let index = self.roots.len();
        let names = root.attributes.iter().chain(&root.impl_attributes).chain(&root.functions);
        let names = names
            .chain(&root.callers_of)
            .chain(&root.methods)
            .chain(&root.macros)
            .chain(&root.loop_over)
            .chain(root.traits.keys());
        let parameters = root.parameters.iter();
        for name in names.chain(parameters) {
            let list = self.roots_by_name.entry(last_segment(name).into()).or_default();
            if !list.contains(&index) {
                list.push(index);
            }
        }
        if root.traits.keys().any(|path| path.contains('*')) {
            self.pattern_roots.push(index);
        }
        if !root.named.is_empty() {
            self.naming_roots.push(index);
        }
        if !root.uncalled.is_empty() {
            self.uncalled_roots.push(index);
        }
        self.roots.push(RootRef { file, fact: root.clone() });
    }

    /// The canonical spelling of a path: known re-exports and second names are replaced until none is left.
    #[must_use]
    pub fn canonical(&self, path: &str) -> Name {
        let mut path = SmolStr::from(path);
        for _ in 0..8 {
            let Some(better) = self.respelled(&path) else { break };
            path = better;
        }
        path
    }

    fn respelled(&self, path: &str) -> Option<Name> {
        let ends = path.match_indices("::").map(|(at, _)| at).chain([path.len()]);
        let mut ends: Vec<usize> = ends.collect();
        ends.reverse();
        ends.into_iter().find_map(|end| {
            let to = self.spellings.get(&path[..end])?;
            (to != &path[..end]).then(|| SmolStr::from(format!("{to}{}", &path[end..])))
        })
    }

    /// Facts about a type, by canonical path.
    #[must_use]
    pub fn type_info(&self, path: &str) -> Option<&TypeInfo> {
        self.types.get(path)
    }

    /// Facts about functions of this canonical path, one per group of versions.
    #[must_use]
    pub fn function(&self, path: &str) -> &[Arc<CallRef>] {
        self.functions.get(path).map_or(&[], Vec::as_slice)
    }

    /// Facts about a method of a type, one per group of versions.
    #[must_use]
    pub fn method(&self, owner: &str, name: &str) -> &[Arc<CallRef>] {
        self.methods.get(owner).and_then(|methods| methods.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Methods of this name that a trait gives to receivers of any type.
    #[must_use]
    pub fn trait_method(&self, name: &str) -> Option<&Arc<CallRef>> {
        self.of_traits.get(name).and_then(|list| list.first())
    }

    /// Methods whose name alone tells what they are: owner's path and facts.
    pub fn distinctive(&self, name: &str) -> impl Iterator<Item = (&Name, &Arc<CallRef>)> {
        let places = self.distinctive.get(name).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|(owner, index)| Some((owner, self.method(owner, name).get(*index)?)))
    }

    /// Every function that is called by a path.
    pub(super) fn functions(&self) -> impl Iterator<Item = &Arc<CallRef>> {
        self.functions.values().flatten()
    }

    /// Every method.
    pub(super) fn methods(&self) -> impl Iterator<Item = &Arc<CallRef>> {
        self.methods.values().flat_map(FxHashMap::values).flatten()
    }

    /// Path prefixes as written, with those that they stand for.
    pub fn spellings(&self) -> impl Iterator<Item = (&Name, &Name)> {
        self.spellings.iter()
    }

    /// Every file.
    pub fn file_ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// Last segments of everything that takes a lock for one holder alone.
    #[must_use]
    pub fn locking_names(&self) -> FxHashSet<Name> {
        let of_methods = self.methods.values().flat_map(FxHashMap::values).flatten();
        of_methods.filter(|call| call.fact.locks).map(|call| last_segment(&call.path).into()).collect()
    }

    /// Last segments of everything that tells the figures of a pool, or reports its events.
    #[must_use]
    pub fn observing_names(&self) -> FxHashSet<Name> {
        let all = self.types.values().flat_map(|info| &info.fact.observed_by);
        all.map(|path| last_segment(path).into()).collect()
    }

    /// What is known of the type that a call makes: of the value within `Result` and `Option`.
    #[must_use]
    pub fn made_type(&self, call: &CallRef) -> Option<&TypeInfo> {
        let mut ty = call.returns.as_ref()?;
        while let TypeRef::Path(path) = ty
            && let [segment] = path.segments.as_slice()
            && let Some(inner) = segment.args.first()
        {
            ty = inner;
        }
        let TypeRef::Path(path) = ty else { return None };
        self.type_info(&self.canonical(&path.text()))
    }

    /// The words by which people call what the clients of a family talk to, lower case.
    #[must_use]
    pub fn family_words(&self, family: &str) -> Vec<String> {
        let of_family = self.files.iter().filter(|file| file.family.as_deref() == Some(family));
        let more =
            of_family.flat_map(|file| file.called.iter().chain(&file.family_title).map(|word| word.to_lowercase()));
        let mut words: Vec<String> = more.chain([family.to_lowercase()]).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// Commands, in capitals, and methods that send them: such as need a connection of their own.
    #[must_use]
    pub fn exclusive_names(&self) -> FxHashSet<&str> {
        let all = self.exclusives().flat_map(|(_, fact)| fact.commands.iter().chain(&fact.methods));
        all.map(String::as_str).collect()
    }

    /// Last segments of everything that names a command of a server's protocol.
    #[must_use]
    pub fn command_namers(&self) -> FxHashSet<Name> {
        let naming = self.functions.values().flatten().filter(|call| call.fact.names_command.is_some());
        naming.map(|call| last_segment(&call.path).into()).collect()
    }

    /// Last segments of everything that sets the number of a server's workers.
    #[must_use]
    pub fn worker_names(&self) -> FxHashSet<Name> {
        let of_methods = self.methods.values().flat_map(FxHashMap::values).flatten();
        of_methods.filter(|call| call.fact.workers).map(|call| last_segment(&call.path).into()).collect()
    }

    /// The family whose servers have addresses of this scheme.
    #[must_use]
    pub fn family_of_scheme(&self, scheme: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.schemes.iter().any(|known| known == scheme))?;
        file.family.as_deref()
    }

    /// Types of which a framework makes a resource for each value that is written out.
    pub fn declaring(&self) -> impl Iterator<Item = (&Name, &TypeInfo)> {
        self.types.iter().filter(|(_, info)| info.fact.declares.is_some())
    }

    /// Whether some method of a type constructs a resource.
    #[must_use]
    pub fn makes_by_method(&self, owner: &str) -> bool {
        let methods = self.methods.get(owner).into_iter().flat_map(FxHashMap::values).flatten();
        methods.into_iter().any(|call| call.fact.makes.is_some())
    }

    /// Everything that limits how long a future may take, by path, sorted.
    #[must_use]
    pub fn limiters(&self) -> Vec<&Name> {
        let calls = self.functions.values().flatten().filter(|call| call.fact.limits);
        let mut paths: Vec<&Name> = calls.map(|call| &call.path).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// Whether a call of a client library blocks the thread.
    #[must_use]
    pub fn blocks(&self, call: &CallRef) -> bool {
        call.fact.blocking && self.is_client_file(call.file)
    }

    /// Whether a file speaks about a client library.
    #[must_use]
    pub fn is_client_file(&self, id: FileId) -> bool {
        self.file(id).packages.iter().any(|package| self.is_client_package(package))
    }

    /// Names of methods that keep what they are given.
    #[must_use]
    pub fn keeper_names(&self) -> &FxHashSet<Name> {
        &self.keepers
    }

    /// Whether methods of this name keep what they are given (`insert`, `push`, `set`), on whatever receiver.
    #[must_use]
    pub fn is_keeper_name(&self, name: &str) -> bool {
        self.keepers.contains(name)
    }

    /// Names of the methods that take values out of some container (`remove`, `pop`).
    #[must_use]
    pub fn remover_names(&self) -> FxHashSet<Name> {
        self.types.values().flat_map(|info| &info.fact.removes).map(|name| Name::from(name.as_str())).collect()
    }

    /// Cells that asynchronous code can fill, in the order of the files.
    pub fn filled_cells(&self) -> impl Iterator<Item = (&TypeFact, &FillsFact)> {
        let types = self.files.iter().flat_map(|file| &file.types);
        types.filter_map(|fact| Some((fact, fact.fills.as_ref()?)))
    }

    /// Whether something is known at or below this canonical path: used to accept names from glob imports.
    #[must_use]
    pub fn knows(&self, path: &str) -> bool {
        self.types.contains_key(path) || self.functions.contains_key(path) || self.spellings.contains_key(path)
    }

    /// Roots that name something whose last segment is `name`.
    pub fn roots_named(&self, name: &str) -> impl Iterator<Item = &RootRef> {
        self.roots_by_name.get(name).into_iter().flatten().map(|index| &self.roots[*index])
    }

    /// Roots that name traits by patterns.
    pub fn pattern_roots(&self) -> impl Iterator<Item = &RootRef> {
        self.pattern_roots.iter().map(|index| &self.roots[*index])
    }

    /// Roots that name functions of the program.
    pub fn naming_roots(&self) -> impl Iterator<Item = &RootRef> {
        self.naming_roots.iter().map(|index| &self.roots[*index])
    }

    /// Roots that name functions of the program which nobody is seen to call.
    pub fn uncalled_roots(&self) -> impl Iterator<Item = &RootRef> {
        self.uncalled_roots.iter().map(|index| &self.roots[*index])
    }

    /// Memoising forms that name something whose last segment is `name`.
    pub fn memos_named(&self, name: &str) -> impl Iterator<Item = &MemoFact> {
        self.memos_by_name.get(name).into_iter().flatten().map(|index| &self.memos[*index])
    }

    /// Facts about a macro, by the last segment of its path.
    #[must_use]
    pub fn macro_fact(&self, name: &str) -> Option<&MacroFact> {
        self.macros.get(name)
    }

    /// The file of a fact.
    #[must_use]
    pub fn file(&self, id: FileId) -> &CatalogFile {
        &self.files[id.0 as usize]
    }

    /// Every file, in the order in which they were read.
    #[must_use]
    pub fn files(&self) -> &[CatalogFile] {
        &self.files
    }

    /// How frameworks keep state.
    pub fn states(&self) -> impl Iterator<Item = (&CatalogFile, &StateFact)> {
        self.files.iter().flat_map(|file| file.state.iter().map(move |state| (file, state)))
    }

    /// Commands that need a connection of their own, with the file that says so.
    pub fn exclusives(&self) -> impl Iterator<Item = (FileId, &ExclusiveFact)> {
        let numbered = self.files.iter().enumerate();
        numbered.flat_map(|(index, file)| {
            let id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
            file.exclusive.iter().map(move |fact| (id, fact))
        })
    }

    /// Generated code that hands methods on.
    pub fn delegations(&self) -> impl Iterator<Item = &DelegationFact> {
        self.files.iter().flat_map(|file| &file.delegation)
    }

    /// How processes hear of their end.
    pub fn shutdowns(&self) -> impl Iterator<Item = &ShutdownFact> {
        self.files.iter().flat_map(|file| &file.shutdown)
    }

    /// The families of all clients.
    #[must_use]
    pub fn families(&self) -> BTreeSet<&str> {
        let of_types = self.files.iter().flat_map(|file| &file.types).filter_map(|fact| fact.family.as_deref());
        self.files.iter().filter_map(|file| file.family.as_deref()).chain(of_types).collect()
    }

    /// The name of a family for people.
    #[must_use]
    pub fn family_title(&self, family: &str) -> Option<&str> {
        let of_family = self.files.iter().filter(|file| file.family.as_deref() == Some(family));
        of_family.into_iter().find_map(|file| file.family_title.as_deref())
    }

    /// The command that shows that a server of the family answers.
    #[must_use]
    pub fn ping_of(&self, family: &str) -> Option<&str> {
        let of_family = self.files.iter().filter(|file| file.family.as_deref() == Some(family));
        of_family.into_iter().find_map(|file| file.ping.as_deref())
    }

    /// What health checks are called.
    pub fn health_facts(&self) -> impl Iterator<Item = &HealthFact> {
        self.files.iter().flat_map(|file| &file.health)
    }

    /// Whether what a type of this canonical path holds can be changed through a shared reference.
    #[must_use]
    pub fn changes(&self, path: &str) -> bool {
        let locks =
            |methods: &FxHashMap<Name, Vec<Arc<CallRef>>>| methods.values().flatten().any(|call| call.fact.locks);
        self.type_info(path).is_some_and(|info| info.fact.changes) || self.methods.get(path).is_some_and(locks)
    }

    /// Whether a package of this name (as in its registry) can build a catalogued client.
    #[must_use]
    pub fn is_client_package(&self, package: &str) -> bool {
        self.client_packages.contains(package)
    }

    /// What the parser must know of macros.
    #[must_use]
    pub fn macro_table(&self) -> MacroTable {
        let mut table = MacroTable::default();
        for (name, fact) in &self.macros {
            table.syntax.insert(name.clone(), fact.syntax);
            if fact.memo == Some(MemoScope::Thread) {
                table.per_thread.push(name.clone());
            }
        }
        table.per_thread.sort_unstable();
        table
    }

    /// Whether a type of this canonical path has `role`.
    #[must_use]
    pub fn has_role(&self, path: &str, role: TypeRole) -> bool {
        self.type_info(path).is_some_and(|info| info.fact.role == role)
    }
}

/// The last segment of a path.
#[must_use]
pub(crate) fn last_segment(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

fn read_type(file: &str, text: Option<&str>) -> Result<Option<TypeRef>, CatalogError> {
    text.map(|text| {
        parse_type(text).map_err(|cause| CatalogError::Type { file: file.to_owned(), text: text.to_owned(), cause })
    })
    .transpose()
}

fn call_ref(
    shown: &str,
    file: FileId,
    path: Name,
    fact: &CallFact,
    distinctive: bool,
) -> Result<Arc<CallRef>, CatalogError> {
    let versions = fact
        .versions
        .as_deref()
        .map(|text| {
            semver::VersionReq::parse(text).map_err(|cause| CatalogError::Version {
                file: shown.to_owned(),
                text: text.to_owned(),
                cause,
            })
        })
        .transpose()?;
    Ok(Arc::new(CallRef {
        file,
        path,
        versions,
        returns: read_type(shown, fact.returns.as_deref())?,
        closure_param: read_type(shown, fact.closure_param.as_deref())?,
        distinctive,
        fact: fact.clone(),
    }))
}
