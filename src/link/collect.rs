//! Building the program: crates, modules, items, implementations.
//!
//! In: parsed files. Out: a [`Program`] whose names can be looked up. A file that two targets share is entered once for each.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::program::{
    Crate, CrateId, Def, ImplDef, ImplId, Import, Module, ModuleId, Owner, Program, TraitDef, TraitId, TypeDef, TypeId,
    TypeKind, Unit, UnitId, UnitKind,
};
use super::ty::{TraitRef, Ty};
use crate::catalog::{Catalog, last_segment};
use crate::discover::{DependencyKind, Discovery, Package, TargetKind};
use crate::facts::{Body, BodySource, Function, Item, ItemKind, Name};
use crate::load::{Loaded, include_key};

/// Links everything.
#[must_use]
pub fn link<'f>(catalog: &'f Catalog, discovery: &'f Discovery, loaded: &'f Loaded) -> Program<'f> {
    let program = Program {
        catalog,
        discovery,
        loaded,
        macros: catalog.macro_table(),
        crates: Vec::new(),
        modules: Vec::new(),
        types: Vec::new(),
        traits: Vec::new(),
        impls: Vec::new(),
        units: Vec::new(),
        impls_of_type: FxHashMap::default(),
        impls_of_external: FxHashMap::default(),
        blanket_impls: Vec::new(),
        alternatives: FxHashMap::default(),
        mentions: FxHashMap::default(),
        methods_by_name: FxHashMap::default(),
        wrappers: FxHashMap::default(),
        inferred: Vec::new(),
    };
    let mut collector = Collector { program, open: Vec::new(), times: FxHashMap::default() };
    collector.crates();
    collector.externs();
    collector.globs();
    collector.implementations();
    collector.finish()
}

struct Collector<'f> {
    program: Program<'f>,
    /// The files that are being entered, outermost first.
    open: Vec<usize>,
    /// How often a file was entered.
    times: FxHashMap<(CrateId, usize), u32>,
}

/// Where items are being entered.
#[derive(Clone, Copy)]
struct Place<'k> {
    module: ModuleId,
    krate: CrateId,
    file: usize,
    /// Inline modules around the place within its file.
    inline: &'k [String],
    test: bool,
}

/// So often may a file stand in one crate. Files that each name the next one twice would be more modules than can be counted.
const MAX_TIMES: u32 = 16;

fn id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl<'f> Collector<'f> {
    fn crates(&mut self) {
        let loaded = self.program.loaded;
        let support = test_support(self.program.discovery);
        for target in &loaded.targets {
            let krate = CrateId(id(self.program.crates.len()));
            let facts = &loaded.files[target.root].facts;
            let test = matches!(target.target.kind, TargetKind::Test | TargetKind::Bench)
                || facts.test_only
                || support[target.package];
            let root = self.module(krate, None, Name::default(), target.root, test);
            self.program.crates.push(Crate {
                package: target.package,
                name: target.target.crate_name.as_str().into(),
                kind: target.target.kind,
                root,
                local_externs: FxHashMap::default(),
                externs: FxHashMap::default(),
            });
            let place = Place { module: root, krate, file: target.root, inline: &[], test };
            self.file_items(target.root, &facts.items, place);
        }
    }

    fn module(&mut self, krate: CrateId, parent: Option<ModuleId>, name: Name, file: usize, test: bool) -> ModuleId {
        let module = ModuleId(id(self.program.modules.len()));
        self.program.modules.push(Module {
            krate,
            parent,
            nearest: None,
            name,
            file,
            test,
            types: FxHashMap::default(),
            values: FxHashMap::default(),
            imports: FxHashMap::default(),
            globs: Vec::new(),
            glob_targets: Vec::new(),
        });
        module
    }

    fn items(&mut self, items: &'f [Item], place: Place) {
        for item in items {
            self.item(item, place);
        }
    }

    fn module_mut(&mut self, module: ModuleId) -> &mut Module<'f> {
        &mut self.program.modules[module.index()]
    }

    fn define_type(&mut self, place: Place, name: &Name, def: Def) {
        self.module_mut(place.module).types.entry(name.clone()).or_insert(def);
    }

    fn define_value(&mut self, place: Place, name: &Name, def: Def) {
        let first = self.module_mut(place.module).values.entry(name.clone()).or_insert(def.clone()).clone();
        if let (Def::Unit(first), Def::Unit(unit)) = (first, def)
            && first != unit
        {
            self.program.alternatives.entry(first).or_default().push(unit);
        }
    }

    fn item(&mut self, item: &'f Item, place: Place) {
        let test = place.test || item.test;
        let place = Place { test, ..place };
        match &item.kind {
            ItemKind::Mod(module) => self.a_module(item, module.items.as_deref(), place),
            ItemKind::Include(file) => {
                let mut key = place.inline.to_vec();
                key.push(include_key(file));
                if let Some(child) = self.program.loaded.children.get(&(place.file, key)) {
                    let facts = &self.program.loaded.files[*child].facts;
                    self.file_items(*child, &facts.items, Place { file: *child, inline: &[], ..place });
                }
            }
            ItemKind::Use(leaves) => {
                let module = self.module_mut(place.module);
                for leaf in leaves {
                    let import = Import { path: &leaf.path };
                    if leaf.glob {
                        module.globs.push(import);
                    } else {
                        module.imports.entry(leaf.alias.clone()).or_default().push(import);
                    }
                }
            }
            ItemKind::ExternCrate(name) => self.extern_crate(item, name, place),
            ItemKind::Fn(function) => {
                let unit = self.unit(UnitKind::Function(function), Owner::Free, item, place);
                self.define_value(place, &item.name, Def::Unit(unit));
            }
            ItemKind::Static(value) => {
                let unit = self.unit(UnitKind::Static(value), Owner::Free, item, place);
                self.define_value(place, &item.name, Def::Unit(unit));
            }
            ItemKind::Struct(inner) => {
                let def = Def::Type(self.a_type(item, TypeKind::Struct(inner), place));
                self.define_type(place, &item.name, def.clone());
                self.define_value(place, &item.name, def);
            }
            ItemKind::Enum(inner) => {
                let def = Def::Type(self.a_type(item, TypeKind::Enum(inner), place));
                self.define_type(place, &item.name, def);
            }
            ItemKind::Alias(generics, ty) => {
                let def = Def::Type(self.a_type(item, TypeKind::Alias(generics, ty), place));
                self.define_type(place, &item.name, def);
            }
            ItemKind::Trait(inner) => self.a_trait(item, inner, place),
            ItemKind::Impl(inner) => self.an_impl(item, inner, place),
        }
    }

    fn a_module(&mut self, item: &'f Item, items: Option<&'f [Item]>, place: Place) {
        let mut inline = place.inline.to_vec();
        inline.push(item.name.to_string());
        let (items, file, inline, test) = match items {
            Some(items) => (items, place.file, inline, place.test),
            None => {
                let Some(child) = self.program.loaded.children.get(&(place.file, inline)) else { return };
                if *child == place.file {
                    return;
                }
                let facts = &self.program.loaded.files[*child].facts;
                (facts.items.as_slice(), *child, Vec::new(), place.test || facts.test_only)
            }
        };
        // `#[path]` can make a file its own module; no real tree is this deep.
        if self.depth(place.module) > 64 {
            return;
        }
        let module = self.module(place.krate, Some(place.module), item.name.clone(), file, test);
        self.define_type(place, &item.name, Def::Module(module));
        let within = Place { module, krate: place.krate, file, inline: &inline, test };
        if file == place.file { self.items(items, within) } else { self.file_items(file, items, within) }
    }

    /// The items of a file that a module or `include!` stands for, unless it holds itself or is there very often.
    fn file_items(&mut self, file: usize, items: &'f [Item], place: Place) {
        let times = self.times.entry((place.krate, file)).or_default();
        *times += 1;
        if *times > MAX_TIMES || self.open.contains(&file) {
            return;
        }
        self.open.push(file);
        self.items(items, place);
        self.open.pop();
    }

    fn depth(&self, module: ModuleId) -> usize {
        std::iter::successors(Some(module), |at| self.program.modules[at.index()].parent).count()
    }

    fn extern_crate(&mut self, item: &'f Item, name: &'f Name, place: Place) {
        if name != &item.name {
            self.define_type(place, &item.name, Def::External(name.clone()));
        }
    }

    fn a_type(&mut self, item: &'f Item, kind: TypeKind<'f>, place: Place) -> TypeId {
        let ty = TypeId(id(self.program.types.len()));
        self.program.types.push(TypeDef {
            name: item.name.clone(),
            module: place.module,
            span: item.span,
            attrs: &item.attrs,
            kind,
        });
        ty
    }

    fn a_trait(&mut self, item: &'f Item, inner: &'f crate::facts::TraitItem, place: Place) {
        let this = TraitId(id(self.program.traits.len()));
        self.program.traits.push(TraitDef {
            name: item.name.clone(),
            module: place.module,
            item: inner,
            attrs: &item.attrs,
            functions: FxHashMap::default(),
            impls: Vec::new(),
        });
        self.define_type(place, &item.name, Def::Trait(this));
        for function in &inner.functions {
            let unit = self.method(function, Owner::Trait(this), place);
            self.program.traits[this.index()].functions.insert(function.name.clone(), unit);
        }
    }

    fn an_impl(&mut self, item: &'f Item, inner: &'f crate::facts::ImplItem, place: Place) {
        let this = ImplId(id(self.program.impls.len()));
        self.program.impls.push(ImplDef {
            module: place.module,
            item: inner,
            attrs: &item.attrs,
            self_ty: Ty::Unknown,
            of_trait: None,
            functions: FxHashMap::default(),
        });
        for function in &inner.functions {
            let unit = self.method(function, Owner::Impl(this), place);
            let first = *self.program.impls[this.index()].functions.entry(function.name.clone()).or_insert(unit);
            if first != unit {
                self.program.alternatives.entry(first).or_default().push(unit);
            }
        }
        for constant in &inner.constants {
            if let ItemKind::Static(value) = &constant.kind {
                let unit = self.unit(UnitKind::Static(value), Owner::Impl(this), constant, place);
                self.program.impls[this.index()].functions.insert(constant.name.clone(), unit);
            }
        }
    }

    fn method(&mut self, function: &'f Function, owner: Owner, place: Place) -> UnitId {
        let unit = Unit {
            name: function.name.clone(),
            span: function.span,
            kind: UnitKind::Function(function),
            owner,
            module: place.module,
            scope: place.module,
            file: place.file,
            attrs: &function.attrs,
            public: function.public,
            test: place.test || function.test,
        };
        self.push_unit(unit, place)
    }

    fn unit(&mut self, kind: UnitKind<'f>, owner: Owner, item: &'f Item, place: Place) -> UnitId {
        let unit = Unit {
            name: item.name.clone(),
            span: item.span,
            kind,
            owner,
            module: place.module,
            scope: place.module,
            file: place.file,
            attrs: &item.attrs,
            public: item.public,
            test: place.test,
        };
        self.push_unit(unit, place)
    }

    fn push_unit(&mut self, unit: Unit<'f>, place: Place) -> UnitId {
        let this = UnitId(id(self.program.units.len()));
        let body = parsed_body(&unit);
        let test = unit.test;
        self.program.units.push(unit);
        if let Some(body) = body {
            self.body_items(this, body, Place { test, ..place });
        }
        this
    }

    /// The items within a body get a scope of their own.
    fn body_items(&mut self, unit: UnitId, body: &'f Body, place: Place) {
        if body.items.is_empty() || self.depth(place.module) > 64 {
            return;
        }
        let scope = self.module(place.krate, Some(place.module), Name::default(), place.file, place.test);
        let outer = self.program.modules[place.module.index()].nearest.unwrap_or(place.module);
        self.module_mut(scope).nearest = Some(outer);
        self.program.units[unit.index()].scope = scope;
        self.items(&body.items, Place { module: scope, ..place });
    }

    /// What each crate sees by name: crates of the program, libraries.
    fn externs(&mut self) {
        let mut library_of: FxHashMap<&PathBuf, CrateId> = FxHashMap::default();
        let mut own_library: FxHashMap<usize, CrateId> = FxHashMap::default();
        for (index, krate) in self.program.crates.iter().enumerate() {
            if krate.kind == TargetKind::Lib {
                let this = CrateId(id(index));
                library_of.insert(&self.program.discovery.packages[krate.package].folder, this);
                own_library.insert(krate.package, this);
            }
        }
        for index in 0..self.program.crates.len() {
            let krate = &self.program.crates[index];
            let mut local = FxHashMap::default();
            let mut externs = FxHashMap::default();
            for dependency in &self.program.discovery.packages[krate.package].dependencies {
                if dependency.kind == DependencyKind::Build && krate.kind != TargetKind::BuildScript {
                    continue;
                }
                let name = Name::from(dependency.extern_name.as_str());
                // What a catalogue of the project's own describes is a library, wherever its sources are.
                let is_described = self.program.catalog.is_described(&dependency.package);
                let library = dependency.path.as_ref().and_then(|path| library_of.get(path));
                if let Some(target) = library.filter(|_| !is_described) {
                    local.insert(name, *target);
                } else {
                    externs.insert(name, library_name(&dependency.package, &dependency.extern_name));
                }
            }
            if let (true, Some(own)) = (krate.kind != TargetKind::Lib, own_library.get(&krate.package)) {
                let name = self.program.crates[own.index()].name.clone();
                local.insert(name, *own);
            }
            let krate = &mut self.program.crates[index];
            krate.local_externs = local;
            krate.externs = externs;
        }
    }

    /// Looks up what globs lead to. A glob's path may itself lead through a glob, hence the rounds.
    fn globs(&mut self) {
        for _ in 0..3 {
            for index in 0..self.program.modules.len() {
                let targets = self.program.resolve_globs(ModuleId(id(index)));
                self.program.modules[index].glob_targets = targets;
            }
        }
    }

    /// Looks up the types and traits of all implementations.
    fn implementations(&mut self) {
        for index in 0..self.program.impls.len() {
            let this = ImplId(id(index));
            let definition = &self.program.impls[index];
            let (module, item) = (definition.module, definition.item);
            let self_ty = self.program.lower_in_impl_head(module, &item.self_ty, &item.generics);
            let of_trait = item.of_trait.as_ref().and_then(|path| self.program.resolve_trait(module, path));
            match &self_ty {
                Ty::Local(ty, _) => self.program.impls_of_type.entry(*ty).or_default().push(this),
                Ty::External(path, _) => {
                    self.program.impls_of_external.entry(path.clone()).or_default().push(this);
                }
                Ty::Param(..) | Ty::Object(_) => self.program.blanket_impls.push(this),
                _ => {}
            }
            if let Some(TraitRef::Local(of)) = &of_trait {
                self.program.traits[of.index()].impls.push(this);
            }
            let definition = &mut self.program.impls[index];
            definition.self_ty = self_ty;
            definition.of_trait = of_trait;
        }
    }

    /// Finds the functions that the configuration tells of, if they are the program's own.
    fn wrappers(&mut self) {
        let known = self.program.catalog.wrappers();
        for unit in self.program.unit_ids().filter(|_| !known.is_empty()) {
            let name = &self.program.unit(unit).name;
            let of_name = known.iter().filter(|call| last_segment(&call.path) == name.as_str());
            let full = || self.program.full_name(unit);
            if let Some(call) = of_name.into_iter().find(|call| full() == call.path.as_str()) {
                self.program.wrappers.insert(unit, Arc::clone(call));
            }
        }
    }

    fn finish(mut self) -> Program<'f> {
        for unit in self.program.unit_ids() {
            let found = &self.program.units[unit.index()];
            if let Some(function) = found.function()
                && function.receiver.is_some()
            {
                self.program.methods_by_name.entry(function.name.clone()).or_default().push(unit);
            }
            for name in found.words() {
                self.program.mentions.entry(name.clone()).or_default().push(unit);
            }
        }
        self.wrappers();
        self.program.inferred = (0..self.program.units.len()).map(|_| OnceLock::new()).collect();
        self.program
    }
}

/// The body of a unit if it was parsed with its file; one that was not has no items.
fn parsed_body<'f>(unit: &Unit<'f>) -> Option<&'f Body> {
    match unit.kind {
        UnitKind::Function(function) => match &function.body.as_ref()?.source {
            BodySource::Parsed(body) => Some(body),
            BodySource::Text(_) => None,
        },
        UnitKind::Static(value) => value.body.as_ref(),
    }
}

/// Packages that only serve tests: libraries that others depend on in `[dev-dependencies]` and nobody otherwise.
fn test_support(discovery: &Discovery) -> Vec<bool> {
    let dependencies = || discovery.packages.iter().flat_map(|package| &package.dependencies);
    let wanted: FxHashSet<(&PathBuf, bool)> = dependencies()
        .filter_map(|dependency| Some((dependency.path.as_ref()?, dependency.kind == DependencyKind::Dev)))
        .collect();
    let only_library = |package: &Package| package.targets.iter().all(|target| target.kind == TargetKind::Lib);
    let serves_tests = |package: &Package| {
        only_library(package)
            && wanted.contains(&(&package.folder, true))
            && !wanted.contains(&(&package.folder, false))
    };
    discovery.packages.iter().map(serves_tests).collect()
}

/// The real name of the library behind a dependency: that of the package, unless it was not renamed and differs.
fn library_name(package: &str, extern_name: &str) -> Name {
    let plain = package.replace('-', "_");
    if plain == extern_name { extern_name.into() } else { plain.into() }
}
